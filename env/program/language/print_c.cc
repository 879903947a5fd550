#include "env/program/language/print_c.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <string_view>

namespace tesuji::env::program {
namespace {

// Lists live in one pool that is emptied at each call of solve(). `bad` is set by any failure and
// looked at in the end; what is computed after a failure means nothing.
constexpr std::string_view kHelpers = R"(#ifndef LIST_PROGRAM_HELPERS
#define LIST_PROGRAM_HELPERS
typedef long long num;
typedef struct { int n; num *v; } list;
typedef struct { int n; int *len; num *v; } rows;
typedef struct { list xs, ys; num k, m, x, y; list row; } frame;
typedef num (*fn)(const frame *);
typedef list (*list_fn)(const frame *);
enum { kMost = 1024, kPool = 1 << 22 };
static num pool[kPool];
static int used;
static int bad;
static num *take_room(int n) {
  if (n < 0 || used + n > kPool) { bad = 1; used = 0; n = 0; }
  num *p = pool + used;
  used += n;
  return p;
}
static num ok(num v) { if (v < -2000000000 || v > 2000000000) { bad = 1; return 0; } return v; }
static list fresh(int n) {
  list r = {0, 0};
  if (n > kMost) { bad = 1; n = 0; }
  r.v = take_room(n);
  return r;
}
static num clamp(num v, num low, num high) { return v < low ? low : v > high ? high : v; }
static num divide(num a, num b) { if (b == 0) { bad = 1; return 0; } return ok(a / b); }
static num modulo(num a, num b) { if (b == 0) { bad = 1; return 0; } return ok(a % b); }
static num larger(num a, num b) { return a > b ? a : b; }
static num smaller(num a, num b) { return a < b ? a : b; }
static num absolute(num a) { return a < 0 ? -a : a; }
static num nth(num i, list l) { if (i < 1 || i > l.n) { bad = 1; return 0; } return l.v[i - 1]; }
static num last(list l) { return nth(l.n, l); }
static num sum(list l) { num s = 0; for (int i = 0; i < l.n; ++i) s += l.v[i]; return ok(s); }
static num product(list l) {
  num p = 1;
  for (int i = 0; i < l.n; ++i) p = ok(p * l.v[i]);
  return p;
}
static num largest(list l) {
  if (l.n == 0) { bad = 1; return 0; }
  num m = l.v[0];
  for (int i = 1; i < l.n; ++i) if (l.v[i] > m) m = l.v[i];
  return m;
}
static num smallest(list l) {
  if (l.n == 0) { bad = 1; return 0; }
  num m = l.v[0];
  for (int i = 1; i < l.n; ++i) if (l.v[i] < m) m = l.v[i];
  return m;
}
static num is_in(num a, list l) { for (int i = 0; i < l.n; ++i) if (l.v[i] == a) return 1; return 0; }
static list literal(int n, const num *v) {
  list r = fresh(n);
  for (int i = 0; i < n; ++i) r.v[r.n++] = v[i];
  return r;
}
static list concat(list a, list b) {
  list r = fresh(a.n + b.n);
  if (bad) return r;
  for (int i = 0; i < a.n; ++i) r.v[r.n++] = a.v[i];
  for (int i = 0; i < b.n; ++i) r.v[r.n++] = b.v[i];
  return r;
}
static list singleton(num a) { return literal(1, &a); }
static list cons(num a, list l) { return concat(singleton(a), l); }
static list append(list l, num a) { return concat(l, singleton(a)); }
static list repeat(num a, num count) {
  list r = fresh(count > kMost ? kMost + 1 : count < 0 ? 0 : (int)count);
  for (num i = 0; i < count && !bad; ++i) r.v[r.n++] = a;
  return r;
}
static list range_step(num a, num b, num step) {
  list r = {0, 0};
  if (step == 0) { bad = 1; return r; }
  num count = step > 0 ? (b < a ? 0 : (b - a) / step + 1) : (b > a ? 0 : (a - b) / -step + 1);
  r = fresh(count > kMost ? kMost + 1 : (int)count);
  for (num i = 0; i < count && !bad; ++i) r.v[r.n++] = a + i * step;
  return r;
}
static list slice(num a, num b, list l) {
  num begin = clamp(a - 1, 0, l.n), end = clamp(b, begin, l.n);
  list r = {(int)(end - begin), l.v + begin};
  return r;
}
static list take(num k, list l) { return slice(1, k, l); }
static list drop(num k, list l) { return slice(k + 1, l.n, l); }
static list take_last(num k, list l) { return slice(l.n - (k < 0 ? 0 : k) + 1, l.n, l); }
static list drop_last(num k, list l) { return slice(1, l.n - (k < 0 ? 0 : k), l); }
static list cut_slice(num a, num b, list l) {
  num begin = clamp(a - 1, 0, l.n), end = clamp(b, begin, l.n);
  list r = fresh(l.n);
  for (num i = 0; i < l.n; ++i) if (i < begin || i >= end) r.v[r.n++] = l.v[i];
  return r;
}
static list cut_index(num i, list l) { return i < 1 ? l : cut_slice(i, i, l); }
static list cut(num a, list l, int all) {
  list r = fresh(l.n);
  int active = 1;
  for (int i = 0; i < l.n; ++i) {
    if (active && l.v[i] == a) active = all; else r.v[r.n++] = l.v[i];
  }
  return r;
}
static list splice(list part, num i, list l) {
  num at = clamp(i, 1, (num)l.n + 1) - 1;
  return concat(concat(slice(1, at, l), part), slice(at + 1, l.n, l));
}
static list insert(num a, num i, list l) { return splice(singleton(a), i, l); }
static list replace(num i, num a, list l) {
  list r = literal(l.n, l.v);
  if (i >= 1 && i <= r.n) r.v[i - 1] = a;
  return r;
}
static list swap(num i, num j, list l) {
  list r = literal(l.n, l.v);
  if (i >= 1 && i <= r.n && j >= 1 && j <= r.n) {
    num t = r.v[i - 1];
    r.v[i - 1] = r.v[j - 1];
    r.v[j - 1] = t;
  }
  return r;
}
static list reverse(list l) {
  list r = fresh(l.n);
  for (int i = l.n - 1; i >= 0; --i) r.v[r.n++] = l.v[i];
  return r;
}
static list sort_keys(list l, list keys) {
  list r = literal(l.n, l.v), k = literal(keys.n, keys.v);
  for (int i = 1; i < r.n && !bad; ++i) {
    num value = r.v[i], key = k.v[i];
    int j = i;
    for (; j > 0 && k.v[j - 1] > key; --j) { r.v[j] = r.v[j - 1]; k.v[j] = k.v[j - 1]; }
    r.v[j] = value;
    k.v[j] = key;
  }
  return r;
}
static list sort(list l) { return sort_keys(l, l); }
static list unique(list l) {
  list r = fresh(l.n);
  for (int i = 0; i < l.n; ++i) if (!is_in(l.v[i], r)) r.v[r.n++] = l.v[i];
  return r;
}
static num call1(fn f, const frame *at, int deep, num a) {
  frame g = *at;
  int mark = used;
  if (deep) g.y = a; else g.x = a;
  num r = f(&g);
  if (!bad) used = mark;
  return r;
}
static num call2(fn f, const frame *at, num a, num b) {
  frame g = *at;
  int mark = used;
  g.x = a;
  g.y = b;
  num r = f(&g);
  if (!bad) used = mark;
  return r;
}
static num call_row(fn f, const frame *at, list row) {
  frame g = *at;
  g.row = row;
  return f(&g);
}
static list map(fn f, const frame *at, int deep, list l) {
  list r = fresh(l.n);
  for (int i = 0; i < l.n && !bad; ++i) r.v[r.n++] = call1(f, at, deep, l.v[i]);
  return r;
}
static num count(fn f, const frame *at, int deep, list l) {
  num c = 0;
  for (int i = 0; i < l.n && !bad; ++i) c += call1(f, at, deep, l.v[i]) != 0;
  return c;
}
static num find(fn f, const frame *at, int deep, list l) {
  for (int i = 0; i < l.n && !bad; ++i) if (call1(f, at, deep, l.v[i])) return i + 1;
  return 0;
}
static list filter(fn f, const frame *at, int deep, list l) {
  list r = fresh(l.n);
  for (int i = 0; i < l.n && !bad; ++i) if (call1(f, at, deep, l.v[i])) r.v[r.n++] = l.v[i];
  return r;
}
static list sort_by(fn f, const frame *at, int deep, list l) {
  return sort_keys(l, map(f, at, deep, l));
}
static num fold(fn f, const frame *at, num s, list l) {
  for (int i = 0; i < l.n && !bad; ++i) s = call2(f, at, s, l.v[i]);
  return s;
}
static list map_index(fn f, const frame *at, list l) {
  list r = fresh(l.n);
  for (int i = 0; i < l.n && !bad; ++i) r.v[r.n++] = call2(f, at, i + 1, l.v[i]);
  return r;
}
static list filter_index(fn f, const frame *at, list l) {
  list r = fresh(l.n);
  for (int i = 0; i < l.n && !bad; ++i) if (call2(f, at, i + 1, l.v[i])) r.v[r.n++] = l.v[i];
  return r;
}
static list zip_with(fn f, const frame *at, list a, list b) {
  int n = a.n < b.n ? a.n : b.n;
  list r = fresh(n);
  for (int i = 0; i < n && !bad; ++i) r.v[r.n++] = call2(f, at, a.v[i], b.v[i]);
  return r;
}
static list scan(fn f, const frame *at, list l) {
  list r = fresh(l.n);
  for (int i = 0; i < l.n && !bad; ++i) {
    r.v[r.n] = i == 0 ? l.v[0] : call2(f, at, r.v[i - 1], l.v[i]);
    ++r.n;
  }
  return r;
}
static rows fresh_rows(int n) {
  rows r = {0, (int *)take_room(n), 0};
  r.v = take_room(kMost);
  return r;
}
static int total(const rows *r) {
  int t = 0;
  for (int i = 0; i < r->n; ++i) t += r->len[i];
  return t;
}
static void add_row(rows *r, list l) {
  int t = total(r);
  if (bad || t + l.n > kMost) { bad = 1; return; }
  for (int i = 0; i < l.n; ++i) r->v[t + i] = l.v[i];
  r->len[r->n++] = l.n;
}
static list row_at(const rows *r, int i) {
  list l = {r->len[i], r->v};
  for (int j = 0; j < i; ++j) l.v += r->len[j];
  return l;
}
static list flatten(rows r) { list l = {total(&r), r.v}; return l; }
static list nth_row(num i, rows r) {
  list none = {0, 0};
  if (i < 1 || i > r.n) { bad = 1; return none; }
  return row_at(&r, (int)i - 1);
}
static rows zip(list a, list b) {
  int n = a.n < b.n ? a.n : b.n;
  rows r = fresh_rows(n);
  for (int i = 0; i < n && !bad; ++i) {
    num pair[2] = {a.v[i], b.v[i]};
    list l = {2, pair};
    add_row(&r, l);
  }
  return r;
}
static rows group(fn f, const frame *at, int deep, list l) {
  list keys = map(f, at, deep, l);
  rows r = fresh_rows(l.n);
  for (int i = 0; i < l.n && !bad; ++i) {
    list before = {i, keys.v};
    if (is_in(keys.v[i], before)) continue;
    list one = fresh(l.n);
    for (int j = i; j < l.n; ++j) if (keys.v[j] == keys.v[i]) one.v[one.n++] = l.v[j];
    add_row(&r, one);
  }
  return r;
}
static rows map_to_rows(list_fn f, const frame *at, int deep, list l) {
  rows r = fresh_rows(l.n);
  for (int i = 0; i < l.n && !bad; ++i) {
    frame g = *at;
    int mark = used;
    if (deep) g.y = l.v[i]; else g.x = l.v[i];
    add_row(&r, f(&g));
    if (!bad) used = mark;
  }
  return r;
}
static list map_rows(fn f, const frame *at, rows r) {
  list out = fresh(r.n);
  for (int i = 0; i < r.n && !bad; ++i) out.v[out.n++] = call_row(f, at, row_at(&r, i));
  return out;
}
static rows filter_rows(fn f, const frame *at, rows r) {
  rows out = fresh_rows(r.n);
  for (int i = 0; i < r.n && !bad; ++i) {
    list l = row_at(&r, i);
    if (call_row(f, at, l)) add_row(&out, l);
  }
  return out;
}
static rows change_rows(list_fn f, const frame *at, rows r) {
  rows out = fresh_rows(r.n);
  for (int i = 0; i < r.n && !bad; ++i) {
    frame g = *at;
    g.row = row_at(&r, i);
    add_row(&out, f(&g));
  }
  return out;
}
#endif
)";

class Printer {
 public:
  Printer(const Program& program, const std::string& tag) : program_(program), tag_(tag) {}

  std::string Run() {
    const std::string value = Expression(Scope::kClosed, "f");
    return functions_ + Solve(value);
  }

 private:
  std::string Constant(Op op) {
    if (op < kCopyInt) return fmt::format("{}", static_cast<int>(op));
    if (op < kCopyList) return fmt::format("({}LL)", program_.constants.ints[op - kCopyInt]);
    const auto& list = program_.constants.lists[op - kCopyList];
    return fmt::format("literal({}, (const num[]){{{}}})", list.size(), fmt::join(list, ", "));
  }

  /// Defines the lambda as a function and gives its name.
  std::string Lambda(Scope scope, const Argument& argument) {
    const std::string body = Expression(Inner(scope, argument.binds), "f");
    const std::string name = fmt::format("{}_{}", tag_, lambdas_++);
    functions_ += fmt::format("static {} {}(const frame *f) {{ (void)f; return {}; }}\n",
                              argument.type == Type::kList ? "list" : "num", name, body);
    return name;
  }

  std::string Expression(Scope scope, const std::string& frame) {
    const Op op = program_.code[at_++];
    if (op < kX) return Constant(op);
    const Production& production = Of(op);
    if (op <= kM) return fmt::format("{}->{}", frame, production.name);
    if (op == kEmpty) return "fresh(0)";
    std::array<std::string, kMaxArity> a;
    std::string call;
    for (int i = 0; i < production.arity; ++i) {
      const Argument& argument = production.arguments[i];
      if (argument.binds == Binds::kNothing) {
        a[i] = Expression(scope, frame);
        call += fmt::format("{}{}", i > 0 ? ", " : "", a[i]);
      } else {
        a[i] = Lambda(scope, argument);
        call += fmt::format("{}{}, {}", i > 0 ? ", " : "", a[i], frame);
        if (argument.binds == Binds::kOne) call += scope == Scope::kOne ? ", 1" : ", 0";
      }
    }
    switch (op) {
      case kAdd:
        return fmt::format("ok({} + {})", a[0], a[1]);
      case kSub:
        return fmt::format("ok({} - {})", a[0], a[1]);
      case kMul:
        return fmt::format("ok({} * {})", a[0], a[1]);
      case kIfInt:
      case kIfList:
        return fmt::format("({} ? {} : {})", a[0], a[1], a[2]);
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
      case kFirst:
        return fmt::format("nth(1, {})", a[0]);
      case kSecond:
        return fmt::format("nth(2, {})", a[0]);
      case kThird:
        return fmt::format("nth(3, {})", a[0]);
      case kLength:
      case kRowCount:
        return fmt::format("((num){}.n)", a[0]);
      case kCutValue:
        return fmt::format("cut({}, {}, 0)", a[0], a[1]);
      case kCutValues:
        return fmt::format("cut({}, {}, 1)", a[0], a[1]);
      case kRange:
        return fmt::format("range_step({}, {}, 1)", a[0], a[1]);
      default:
        return fmt::format("{}({})", Name(op), call);
    }
  }

  static std::string_view Name(Op op) {
    switch (op) {
      case kDiv:
        return "divide";
      case kMod:
        return "modulo";
      case kAbs:
        return "absolute";
      case kMax2:
        return "larger";
      case kMin2:
        return "smaller";
      case kMaximum:
        return "largest";
      case kMinimum:
        return "smallest";
      case kMapIndex:
        return "map_index";
      case kFilterIndex:
        return "filter_index";
      default:
        return Of(op).name;
    }
  }

  std::string Solve(const std::string& value) {
    const Signature& signature = program_.signature;
    std::string text =
        "int solve(const long long *in, int n, long long *out) {\n"
        "  frame here = {{0, 0}, {0, 0}, 0, 0, 0, 0, {0, 0}};\n"
        "  const frame *f = &here;\n  int at = 0;\n  (void)f;\n  (void)n;\n  used = bad = 0;\n";
    const bool plain = signature.inputs.size() == 1 && signature.inputs[0] == Type::kList;
    for (std::size_t i = 0; i < signature.inputs.size(); ++i) {
      const auto name = Of(signature.VariableOf(static_cast<int>(i))).name;
      if (signature.inputs[i] == Type::kInt) {
        text += fmt::format("  here.{} = in[at++];\n", name);
      } else {
        text += fmt::format(
            "  const int n{0} = {1};\n  here.{2} = literal(n{0}, in + at);\n"
            "  at += n{0};\n",
            i, plain ? "n" : "(int)in[at++]", name);
      }
    }
    if (signature.output == Type::kInt) {
      return text + fmt::format(
                        "  const num r = {};\n  if (bad) return -1;\n  out[0] = r;\n"
                        "  return 1;\n}}\n",
                        value);
    }
    return text + fmt::format(
                      "  const list r = {};\n  if (bad) return -1;\n"
                      "  for (int i = 0; i < r.n; ++i) out[i] = r.v[i];\n"
                      "  return r.n;\n}}\n",
                      value);
  }

  const Program& program_;
  const std::string& tag_;
  std::size_t at_ = 0;
  int lambdas_ = 0;
  std::string functions_;
};

}  // namespace

std::string ToC(const Program& program, const std::string& tag) {
  return std::string(kHelpers) + Printer(program, tag).Run();
}

std::vector<long long> FlattenInput(const Signature& signature, const Input& input) {
  std::vector<long long> flat;
  const bool plain = signature.inputs.size() == 1 && signature.inputs[0] == Type::kList;
  for (const Datum& datum : input) {
    if (datum.type == Type::kInt) {
      flat.push_back(datum.number);
      continue;
    }
    if (!plain) flat.push_back(static_cast<long long>(datum.list.size()));
    flat.insert(flat.end(), datum.list.begin(), datum.list.end());
  }
  return flat;
}

}  // namespace tesuji::env::program
