#include "env/matmul/codegen.h"

#include <fmt/format.h>

#include <string_view>

namespace tesuji::env::matmul {
namespace {

// "a[0 * a_stride + 1] + a[…]": the linear form of one factor.
std::string LinearForm(const FactorBits& factor, char matrix, int columns, bool z2) {
  std::string text;
  for (int entry = 0; entry < kMaxEntries; ++entry) {
    const int coefficient = factor.coefficient(entry);
    if (coefficient == 0) continue;
    if (text.empty()) {
      text += coefficient < 0 ? "-" : "";
    } else {
      text += z2 ? " ^ " : coefficient < 0 ? " - " : " + ";
    }
    text +=
        fmt::format("{}[{} * {}_stride + {}]", matrix, entry / columns, matrix, entry % columns);
  }
  return text;
}

std::string Name(const Scheme& scheme, const CodeOptions& options) {
  if (!options.function.empty()) return options.function;
  return "multiply_" + scheme.format.ToText();
}

// One entry of the product, from the terms m0, m1, ….
std::string Entry(const Scheme& scheme, int entry, std::string_view prefix) {
  const bool z2 = scheme.ring == Ring::kZ2;
  std::string text;
  for (int term = 0; term < scheme.rank(); ++term) {
    const int coefficient = scheme.terms[term][2].coefficient(entry);
    if (coefficient == 0) continue;
    if (text.empty()) {
      text += coefficient < 0 ? "-" : "";
    } else {
      text += z2 ? " ^ " : coefficient < 0 ? " - " : " + ";
    }
    text += fmt::format("{}{}", prefix, term);
  }
  return text;
}

std::string Scalars(const Scheme& scheme, const std::string& name) {
  const auto& format = scheme.format;
  const bool z2 = scheme.ring == Ring::kZ2;
  std::string code = fmt::format(
      "template <class T>\n"
      "void {}(const T* a, int a_stride, const T* b, int b_stride, T* c, int c_stride) {{\n",
      name);
  for (int term = 0; term < scheme.rank(); ++term) {
    code += fmt::format("  const T m{} = static_cast<T>(({}) {} ({}));\n", term,
                        LinearForm(scheme.terms[term][0], 'a', format.m, z2), z2 ? "&" : "*",
                        LinearForm(scheme.terms[term][1], 'b', format.p, z2));
  }
  for (int entry = 0; entry < format.entries(2); ++entry) {
    code += fmt::format("  c[{} * c_stride + {}] = static_cast<T>({});\n", entry / format.p,
                        entry % format.p, Entry(scheme, entry, "m"));
  }
  return code + "}\n";
}

// Adds ±block (row, column) of `matrix` to `sum`.
std::string BlockSum(const FactorBits& factor, char matrix, int columns, std::string_view sum) {
  std::string code = fmt::format("  {0}.assign({0}.size(), T{{}});\n", sum);
  for (int entry = 0; entry < kMaxEntries; ++entry) {
    const int coefficient = factor.coefficient(entry);
    if (coefficient == 0) continue;
    code += fmt::format(
        "  add({0}.data(), block, {1} + {2} * block * {1}_stride + {3} * block, "
        "{1}_stride, {4});\n",
        sum, matrix, entry / columns, entry % columns, coefficient);
  }
  return code;
}

std::string Blocks(const Scheme& scheme, const std::string& name) {
  const auto& format = scheme.format;
  std::string code = fmt::format(
      "template <class T>\n"
      "void {0}_blocks(const T* a, int a_stride, const T* b, int b_stride, T* c, int c_stride,\n"
      "                int block) {{\n"
      "  const auto add = [block](T* to, int to_stride, const T* from, int from_stride, int sign) "
      "{{\n"
      "    for (int i = 0; i < block; ++i) {{\n"
      "      for (int j = 0; j < block; ++j) {{\n"
      "        to[i * to_stride + j] += static_cast<T>(sign) * from[i * from_stride + j];\n"
      "      }}\n"
      "    }}\n"
      "  }};\n"
      "  std::vector<T> left(block * block), right(block * block), product(block * block);\n"
      "  for (int i = 0; i < {1} * block; ++i) {{\n"
      "    for (int j = 0; j < {2} * block; ++j) c[i * c_stride + j] = T{{}};\n"
      "  }}\n",
      name, format.n, format.p);
  for (const Term& term : scheme.terms) {
    code += BlockSum(term[0], 'a', format.m, "left");
    code += BlockSum(term[1], 'b', format.p, "right");
    code +=
        "  product.assign(product.size(), T{});\n"
        "  for (int i = 0; i < block; ++i) {\n"
        "    for (int k = 0; k < block; ++k) {\n"
        "      for (int j = 0; j < block; ++j) {\n"
        "        product[i * block + j] += left[i * block + k] * right[k * block + j];\n"
        "      }\n"
        "    }\n"
        "  }\n";
    for (int entry = 0; entry < format.entries(2); ++entry) {
      const int coefficient = term[2].coefficient(entry);
      if (coefficient == 0) continue;
      code += fmt::format(
          "  add(c + {} * block * c_stride + {} * block, c_stride, product.data(), "
          "block, {});\n",
          entry / format.p, entry % format.p, coefficient);
    }
  }
  return code + "}\n";
}

}  // namespace

std::string GenerateCode(const Scheme& scheme, const CodeOptions& options) {
  const std::string name = Name(scheme, options);
  const auto& [n, m, p] = scheme.format;
  std::string code = fmt::format(
      "// C = A B for a {}x{} and a {}x{} matrix with {} products instead of {}{}.\n"
      "#pragma once\n\n",
      n, m, m, p, scheme.rank(), scheme.format.standard_rank(),
      scheme.ring == Ring::kZ2 ? ", modulo 2" : "");
  if (scheme.ring == Ring::kTernary) code += "#include <vector>\n\n";
  code += Scalars(scheme, name);
  if (scheme.ring == Ring::kTernary) code.append("\n").append(Blocks(scheme, name));
  return code;
}

std::string GenerateSelfTest(const Scheme& scheme, int trials) {
  const auto& [n, m, p] = scheme.format;
  const bool z2 = scheme.ring == Ring::kZ2;
  std::string code = GenerateCode(scheme, {.function = "multiply"});
  code.erase(code.find("#pragma once\n\n"), std::string_view("#pragma once\n\n").size());
  code = "#include <cstdint>\n#include <cstdio>\n#include <vector>\n\n" + code;
  code += fmt::format(
      R"(
using T = std::uint64_t;  // Integers modulo 2^64; over Z2 64 independent products at once.

static T state = 88172645463325252ULL;
static T next() {{
  state ^= state << 13;
  state ^= state >> 7;
  state ^= state << 17;
  return state;
}}

static int compare(int block, bool scalar) {{
  const int n = {0} * block, m = {1} * block, p = {2} * block;
  std::vector<T> a(n * m), b(m * p), c(n * p);
  for (T& x : a) x = next();
  for (T& x : b) x = next();
  if (scalar) multiply(a.data(), m, b.data(), p, c.data(), p);
  {5}
  for (int i = 0; i < n; ++i) {{
    for (int k = 0; k < p; ++k) {{
      T sum = 0;
      for (int j = 0; j < m; ++j) sum {3} a[i * m + j] {4} b[j * p + k];
      if (sum == c[i * p + k]) continue;
      std::printf("entry %d,%d of the product is wrong\n", i, k);
      return 1;
    }}
  }}
  return 0;
}}

int main() {{
  for (int trial = 0; trial < {6}; ++trial) {{
    if (compare(1, true) != 0) return 1;
    {7}
  }}
  return 0;
}}
)",
      n, m, p, z2 ? "^=" : "+=", z2 ? "&" : "*",
      z2 ? "" : "else multiply_blocks(a.data(), m, b.data(), p, c.data(), p, block);", trials,
      z2 ? "" : "if (compare(1 + trial % 4, false) != 0) return 1;");
  return code;
}

}  // namespace tesuji::env::matmul
