#include "env/program/language/print_cpp.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <set>
#include <vector>

#include "env/program/language/cpp_helpers.h"

namespace tesuji::env::program {
namespace {

std::string Call(std::string_view name, const std::vector<std::string>& arguments) {
  return fmt::format("{}({})", name, fmt::join(arguments, ", "));
}

class Printer {
 public:
  explicit Printer(const Program& program) : program_(program) {}

  std::string Body() {
    const std::string value = Expression(Scope::kClosed);
    std::string body;
    for (const std::string& line : lines_) body += fmt::format("  {}\n", line);
    return body + fmt::format("  return {};\n", value);
  }
  const std::set<std::string_view>& helpers() const { return helpers_; }

 private:
  std::string Constant(Op op) {
    if (op < kCopyInt) return fmt::format("{}", static_cast<int>(op));
    if (op < kCopyList) {
      const std::int32_t value = program_.constants.ints[op - kCopyInt];
      return value < 0 ? fmt::format("({})", value) : fmt::format("{}", value);
    }
    return fmt::format("List{{{}}}", fmt::join(program_.constants.lists[op - kCopyList], ", "));
  }

  std::string Lambda(Scope scope, const Argument& argument) {
    const Scope inner = Inner(scope, argument.binds);
    ++conditional_;
    const std::string body = Expression(inner);
    --conditional_;
    std::string parameters = "Int x, Int y";
    if (argument.binds == Binds::kOne) parameters = scope == Scope::kOne ? "Int y" : "Int x";
    if (argument.binds == Binds::kRow) parameters = "const List& row";
    return fmt::format("[&]({}) {{ return {}; }}", Mark(parameters, body), body);
  }
  /// Comments out the names of parameters that the body does not use: no warnings.
  static std::string Mark(const std::string& parameters, const std::string& body) {
    std::string out;
    for (std::size_t at = 0; at < parameters.size();) {
      const std::size_t end = std::min(parameters.find(", ", at), parameters.size());
      std::string one = parameters.substr(at, end - at);
      const std::size_t space = one.rfind(' ');
      const std::string name = one.substr(space + 1);
      if (!Uses(body, name)) one = fmt::format("{} /*{}*/", one.substr(0, space), name);
      out += fmt::format("{}{}", out.empty() ? "" : ", ", one);
      at = end + 2;
    }
    return out;
  }
  static bool Uses(const std::string& body, const std::string& name) {
    const auto word = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; };
    for (std::size_t at = body.find(name); at != std::string::npos; at = body.find(name, at + 1)) {
      const bool left = at == 0 || !word(body[at - 1]);
      const std::size_t end = at + name.size();
      if (left && (end >= body.size() || !word(body[end]))) return true;
    }
    return false;
  }

  /// Gives long lists of the always-evaluated part of the program a name of their own.
  std::string Named(std::string text, Type type) {
    if (conditional_ > 0 || type < Type::kList || text.size() < 60) return text;
    const std::string name = fmt::format("part{}", lines_.size() + 1);
    lines_.push_back(
        fmt::format("const {} {} = {};", type == Type::kList ? "List" : "Rows", name, text));
    return name;
  }

  static bool IsNumber(const std::string& text) {
    return text.find_first_not_of("0123456789-()") == std::string::npos;
  }

  std::string Operator(Op op, const std::array<std::string, kMaxArity>& a) {
    const auto checked = [&](std::string_view symbol) {
      helpers_.insert("Checked");
      // Two constants would be multiplied as ints, where overflow is undefined.
      const bool constants = IsNumber(a[0]) && IsNumber(a[1]);
      const std::string left = constants ? fmt::format("Int{{{}}}", a[0]) : a[0];
      return fmt::format("Checked({} {} {})", left, symbol, a[1]);
    };
    switch (op) {
      case kAdd:
        return checked("+");
      case kSub:
        return checked("-");
      case kMul:
        return checked("*");
      case kMax2:
        return fmt::format("std::max<Int>({}, {})", a[0], a[1]);
      case kMin2:
        return fmt::format("std::min<Int>({}, {})", a[0], a[1]);
      case kAbs:
        return fmt::format("std::abs(Int{{{}}})", a[0]);
      case kEqual:
        return fmt::format("({} == {})", a[0], a[1]);
      case kLess:
        return fmt::format("({} < {})", a[0], a[1]);
      case kIsEven:
        return fmt::format("({} % 2 == 0)", a[0]);
      case kIsOdd:
        return fmt::format("({} % 2 != 0)", a[0]);
      case kNot:
        return fmt::format("!{}", a[0]);
      case kAnd:
        return fmt::format("({} && {})", a[0], a[1]);
      case kOr:
        return fmt::format("({} || {})", a[0], a[1]);
      case kIfInt:
        return fmt::format("({} ? Int{{{}}} : Int{{{}}})", a[0], a[1], a[2]);
      case kIfList:
        return fmt::format("({} ? {} : {})", a[0], a[1], a[2]);
      case kEmpty:
        return "List{}";
      case kSingleton:
        return fmt::format("List{{{}}}", a[0]);
      case kLength:
        return fmt::format("Int({}.size())", a[0]);
      case kRowCount:
        return fmt::format("Int({}.size())", a[0]);
      default:
        break;
    }
    const Production& production = Of(op);
    helpers_.insert(CppName(op));
    std::vector<std::string> arguments(a.begin(), a.begin() + production.arity);
    return Call(CppName(op), arguments);
  }

  std::string Expression(Scope scope) {
    const Op op = program_.code[at_++];
    if (op < kX) return Constant(op);
    const Production& production = Of(op);
    if (op <= kM) return std::string(production.name);
    std::array<std::string, kMaxArity> arguments;
    const bool lazy = op == kIfInt || op == kIfList || op == kAnd || op == kOr;
    for (int i = 0; i < production.arity; ++i) {
      const Argument& argument = production.arguments[i];
      if (argument.binds != Binds::kNothing) {
        arguments[i] = Lambda(scope, argument);
        continue;
      }
      if (lazy && i > 0) ++conditional_;
      arguments[i] = Named(Expression(scope), argument.type);
      if (lazy && i > 0) --conditional_;
    }
    return Operator(op, arguments);
  }

  const Program& program_;
  std::size_t at_ = 0;
  int conditional_ = 0;  ///< Inside a lambda or a branch: nothing may be evaluated earlier.
  std::vector<std::string> lines_;
  std::set<std::string_view> helpers_;
};

std::string Parameters(const Signature& signature) {
  std::string text;
  for (std::size_t i = 0; i < signature.inputs.size(); ++i) {
    const auto name = Of(signature.VariableOf(static_cast<int>(i))).name;
    text += fmt::format(
        "{}{} {}", i > 0 ? ", " : "",
        signature.inputs[i] == Type::kInt ? "[[maybe_unused]] Int" : "[[maybe_unused]] const List&",
        name);
  }
  return text;
}

std::string Main(const Signature& signature, const std::string& solve) {
  std::string text = "int main() {\n";
  std::string names;
  for (std::size_t i = 0; i < signature.inputs.size(); ++i) {
    const auto name = Of(signature.VariableOf(static_cast<int>(i))).name;
    text += fmt::format("  const auto {} = {}();\n", name,
                        signature.inputs[i] == Type::kInt ? "ReadInt" : "ReadList");
    names += fmt::format("{}{}", i > 0 ? ", " : "", name);
  }
  if (signature.output == Type::kInt) {
    return text + fmt::format("  std::cout << {}({}) << '\\n';\n}}\n", solve, names);
  }
  return text + fmt::format(
                    "  const List result = {}({});\n"
                    "  for (std::size_t i = 0; i < result.size(); ++i) {{\n"
                    "    std::cout << (i > 0 ? \" \" : \"\") << result[i];\n"
                    "  }}\n"
                    "  std::cout << '\\n';\n"
                    "}}\n",
                    solve, names);
}

}  // namespace

std::string ToCpp(const Program& program, const CppOptions& options) {
  Printer printer(program);
  const std::string body = printer.Body();
  std::string text;
  if (options.with_helpers) {
    std::set<std::string_view> needed = printer.helpers();
    if (options.with_main) {
      for (const Type input : program.signature.inputs) {
        needed.insert(input == Type::kInt ? "ReadInt" : "ReadList");
      }
    }
    // Helpers come in order of use: walking backwards sees who needs whom.
    const auto helpers = CppHelpers();
    for (auto helper = helpers.rbegin(); helper != helpers.rend(); ++helper) {
      if (!needed.contains(helper->name)) continue;
      for (const std::string_view other : helper->uses) {
        if (!other.empty()) needed.insert(other);
      }
    }
    text += CppPrologue();
    for (const CppHelper& helper : helpers) {
      if (needed.contains(helper.name)) text += fmt::format("\n{}", helper.text);
    }
    text += "\n";
  }
  text +=
      fmt::format("{} {}({}) {{\n{}}}\n", program.signature.output == Type::kInt ? "Int" : "List",
                  options.solve_name, Parameters(program.signature), body);
  if (options.with_main) text += fmt::format("\n{}", Main(program.signature, options.solve_name));
  return text;
}

}  // namespace tesuji::env::program
