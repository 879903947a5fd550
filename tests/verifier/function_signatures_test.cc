// Function tasks with all kinds of signatures: what a task's canonical solution answers is
// accepted, and a function that answers something else is not.
#include "tests/verifier/judging_test.h"
#include "verifier/judge/function_judge.h"

namespace tesuji::verifier {
namespace {

struct Case {
  const char* name;
  const char* declaration;
  const char* solution;
  const char* wrong;
  const char* test;
};

const Case kCases[] = {
    {"NameOfTheStandardLibrary",
     "#include<vector>\nusing namespace std;\n#include<algorithm>\n"
     "float max_element(vector<float> l){\n",
     "float m = l[0]; for (float x : l) m = x > m ? x : m; return m; }", "return 0; }",
     "#undef NDEBUG\n#include<assert.h>\nint main(){\n"
     "  assert (abs(max_element({1, 2, 3}) - 3) < 1e-4);\n"
     "  assert (max_element({5.5, 3, -5}) == 5.5);\n}\n"},
    {"NameOfTheCLibrary",
     "#include<string>\n#include<unistd.h>\nusing namespace std;\nstring encrypt(string s){\n",
     "for (char& c : s) c = (c - 'a' + 4) % 26 + 'a'; return s; }", "return s; }",
     "#undef NDEBUG\n#include<assert.h>\nint main(){ assert (encrypt(\"hi\") == \"lm\"); }\n"},
    {"TwoNamesOfUtilities",
     "#include<vector>\n#include<algorithm>\n#include<utility>\n#include<string>\n"
     "using namespace std;\nstring exchange(vector<int> lst1, vector<int> lst2){\n",
     "return lst1.size() == lst2.size() ? \"YES\" : \"NO\"; }", "return \"YES\"; }",
     "#undef NDEBUG\n#include<assert.h>\nint main(){\n"
     "  assert (exchange({1, 2}, {3, 4}) == \"YES\");\n  assert (exchange({1}, {}) == "
     "\"NO\");\n}\n"},
    {"MapOfCharacters",
     "#include<string>\n#include<map>\nusing namespace std;\nmap<char,int> histogram(string "
     "test){\n",
     "map<char,int> m; for (char c : test) if (c != ' ') ++m[c]; return m; }", "return {}; }",
     "#undef NDEBUG\n#include<assert.h>\nbool issame(map<char,int> a,map<char,int> b){\n"
     "  if (a.size()!=b.size()) return false;\n  map <char,int>::iterator it;\n"
     "  for (it=a.begin();it!=a.end();it++)\n  if (b[it->first]!=it->second) return false;\n"
     "  return true;\n}\nint main(){\n  assert (issame(histogram(\"a b b a\"), "
     "{{'a',2},{'b', 2}}));\n  assert (issame(histogram(\"\") , {}));\n}\n"},
    {"ListOfBoostAny",
     "#include<stdio.h>\n#include<string>\n#include<algorithm>\n#include<boost/any.hpp>\n"
     "#include<list>\n#include<vector>\ntypedef std::list<boost::any> list_any;\n"
     "using namespace std;\nvector<int> filter_integers(list_any values){\n",
     "vector<int> out; for (auto& v : values) if (v.type() == typeid(int)) "
     "out.push_back(boost::any_cast<int>(v)); return out; }",
     "vector<int> out; for (auto& v : values) (void)v; return out; }",
     "#undef NDEBUG\n#include<assert.h>\nint main(){\n"
     "  assert (filter_integers({}).empty());\n"
     "  assert ((filter_integers({4,{},23.2,9,\"adasd\"}) == vector<int>{4,9}));\n"
     "  assert ((filter_integers({3,'c',3,3,'a','b'}) == vector<int>{3,3,3}));\n}\n"},
    {"BoostAnyBothWays",
     "#include<stdio.h>\n#include<string>\n#include<boost/any.hpp>\nusing namespace std;\n"
     "boost::any compare_one(boost::any a,boost::any b){\n",
     "auto number = [](const boost::any& x) { if (x.type() == typeid(int)) return "
     "double(boost::any_cast<int>(x)); if (x.type() == typeid(double)) return "
     "boost::any_cast<double>(x); return atof(boost::any_cast<string>(x).c_str()); };\n"
     "double p = number(a), q = number(b); if (p == q) return string(\"None\"); "
     "return p > q ? a : b; }",
     "return a; }",
     "#undef NDEBUG\n#include<assert.h>\nint main(){\n"
     "  assert (boost::any_cast<int>(compare_one(1, 2)) == 2);\n"
     "  assert (boost::any_cast<double>(compare_one(1, 2.5))== 2.5);\n"
     "  assert (boost::any_cast<string>(compare_one(string(\"5\"), 4)) == \"5\");\n"
     "  assert (boost::any_cast<string>(compare_one(string(\"1\"), 1)) == \"None\");\n}\n"},
    {"StandardAny",
     "#include <any>\n#include <string>\n#include <vector>\nusing namespace std;\n"
     "any first(vector<any> values) {\n",
     "return values.empty() ? any() : values[0]; }", "return any(string(\"y\")); }",
     "#include <cassert>\nint main() {\n  assert(any_cast<string>(first({string(\"x\"), 2})) == "
     "\"x\");\n  assert(!first({}).has_value());\n}\n"},
    {"Openssl",
     "#include<stdio.h>\n#include<string>\n#include<openssl/md5.h>\nusing namespace std;\n"
     "string string_to_md5(string text){\n",
     "unsigned char md[16]; if (text.length() == 0) return \"None\";\n"
     "MD5_CTX c; MD5_Init(&c); MD5_Update(&c, (unsigned char*)text.c_str(), text.length()); "
     "MD5_Final(md, &c); string out; char b[3]; for (unsigned char x : md) { sprintf(b, \"%02x\", "
     "x); out += b; } return out; }",
     "return \"None\"; }",
     "#undef NDEBUG\n#include<assert.h>\nint main(){\n  assert (string_to_md5(\"Hello world\") == "
     "\"3e25960a79dbc69b674cd4ec67a72c62\");\n  assert (string_to_md5(\"\") == \"None\");\n}\n"},
    {"HelpersOfTheDeclaration",
     "#include<string>\nusing namespace std;\n"
     "string encode(string s){ \n    for (char& c : s) ++c;\n    return s;\n}\n\n\n"
     "string decode(string s){ \n",
     "for (char& c : s) --c; return s; }", "return encode(s); }",
     "#undef NDEBUG\n#include<assert.h>\nint main(){\n  for (int i=0;i<100;i++)\n  {\n"
     "    string str=\"\";\n    for (int j=0;j<10;j++) str+='a'+rand()%26;\n"
     "    string enc=encode(str);\n    assert (decode(enc)==str);\n  }\n}\n"},
    {"HiddenMathWithoutIncludes",
     "#include<stdio.h>\n#include<math.h>\nusing namespace std;\n"
     "double poly(vector<double> xs, double x){\n    double sum=0;\n"
     "    for (int i=0;i<xs.size();i++) sum+=xs[i]*pow(x,i);\n    return sum;\n}\n\n"
     "double find_zero(vector<double> xs){\n",
     "return -xs[0] / xs[1]; }", "return 1e9; }",
     "#undef NDEBUG\n#include<assert.h>\nint main(){\n  double s = find_zero({1, 2});\n"
     "  assert (abs(poly({1, 2},s))<1e-3);\n}\n"},
    {"OutByReference",
     "#include <vector>\n#include <algorithm>\nusing namespace std;\n"
     "// Sorts in place; the sum goes to *the* reference.\nvoid sort_all(vector<int>& v, long "
     "long& "
     "sum, const vector<int>& more) {\n",
     "for (int x : more) v.push_back(x); sort(v.begin(), v.end()); sum = 0; for (int x : v) sum += "
     "x; }",
     "sum = 6; }",
     "#include <cassert>\nint main() {\n  vector<int> v = {2, 1};\n  long long s = 9;\n"
     "  sort_all(v, s, {3});\n  assert(s == 6);\n  assert((v == vector<int>{1, 2, 3}));\n}\n"},
    {"OptionalVariantTuple",
     "#include <optional>\n#include <variant>\n#include <tuple>\n#include <string>\n"
     "#include <vector>\nusing namespace std;\n"
     "tuple<optional<int>, variant<int, string>, pair<bool, char>> pick(optional<string> key,\n"
     "    int fallback = 7) {\n",
     "if (!key) return {nullopt, fallback, {false, '-'}}; return {1, *key, {true, '+'}}; }",
     "return {nullopt, fallback, {false, '-'}}; }",
     "#include <cassert>\nint main() {\n  auto [a, b, c] = pick(string(\"k\"));\n"
     "  assert(a == 1 && get<string>(b) == \"k\" && c.first && c.second == '+');\n"
     "  auto [d, e, f] = pick(nullopt);\n  assert(!d && get<int>(e) == 7);\n}\n"},
    {"Structs",
     "#include <string>\n#include <vector>\nusing namespace std;\n"
     "struct Point { int x; double y; string name; };\n"
     "struct Line { Point from, to; vector<int> tags; };\n"
     "vector<Line> mirror(vector<Line> lines) {\n",
     "for (Line& l : lines) swap(l.from, l.to); return lines; }", "return lines; }",
     "#include <cassert>\nint main() {\n"
     "  auto out = mirror({{{1, 2.5, \"a\"}, {3, 4, \"b\"}, {5, 6}}});\n"
     "  assert(out.size() == 1 && out[0].from.x == 3 && out[0].to.name == \"a\");\n"
     "  assert(out[0].tags.size() == 2);\n}\n"},
    {"OtherContainers",
     "#include <array>\n#include <bitset>\n#include <complex>\n#include <deque>\n"
     "#include <forward_list>\n#include <list>\n#include <queue>\n#include <set>\n"
     "#include <stack>\n#include <unordered_map>\n#include <unordered_set>\n#include <string>\n"
     "using namespace std;\n"
     "deque<int> gather(array<int, 2> a, list<int> l, set<int> s, unordered_set<int> u, "
     "unordered_map<string, int> m, stack<int> t, queue<int> q, priority_queue<int> p, "
     "bitset<9> b, complex<double> c, forward_list<int> f, multiset<int> ms) {\n",
     "deque<int> d = {a[1], l.back(), *s.begin(), (int)u.size(), m[\"k\"], t.top(), q.front(), "
     "p.top(), (int)b.count(), (int)c.imag(), f.front(), (int)ms.size()}; return d; }",
     "return {}; }",
     "#include <cassert>\nint main() {\n  stack<int> t; t.push(1); t.push(6);\n"
     "  queue<int> q; q.push(7); q.push(1);\n  priority_queue<int> p; p.push(2); p.push(8);\n"
     "  assert((gather({0, 1}, {9, 2}, {3, 4}, {1, 2, 3, 4}, {{\"k\", 5}}, t, q, p, 511, {0, 10}, "
     "{11}, {1, 1, 1}) == deque<int>{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 3}));\n}\n"},
    {"TextByViewAndPointer",
     "#include <string>\n#include <string_view>\nusing namespace std;\n"
     "static inline string_view longer(const char* a, string_view b, const string& c) {\n",
     "string_view m = a; if (b.size() > m.size()) m = b; if (c.size() > m.size()) m = c; return m; "
     "}",
     "return a; }",
     "#include <cassert>\nint main() {\n  assert(longer(\"a\", \"bb\", \"ccc\") == \"ccc\");\n"
     "  assert(longer(\"aaaa\", \"\", \"\") == \"aaaa\");\n}\n"},
    {"NumbersOfAllWidths",
     "#include <stdint.h>\nlong double mix(char a, short b, unsigned c, long long d, float e, bool "
     "f, "
     "int8_t g, uint64_t h){\n",
     "return (long double)a + b + c + d + e + (f ? 1 : 0) + g + h; }", "return 0; }",
     "#undef NDEBUG\n#include<assert.h>\nint main(){\n"
     "  assert (mix(1, -2, 3u, 1LL << 40, 0.5f, true, -1, 5) == (1LL << 40) + 7.5L);\n}\n"},
    {"NestedVectorsAndNoArguments",
     "#include<vector>\nusing namespace std;\nvector<vector<vector<bool>>> cube(){\n",
     "return {{{true, false}}, {}}; }", "return {}; }",
     "#undef NDEBUG\n#include<assert.h>\nint main(){\n  auto c = cube();\n"
     "  assert (c.size() == 2 && c[0][0][0] && !c[0][0][1] && c[1].empty());\n}\n"},
    {"FunctionsAsParameters",
     "#include <functional>\n#include <vector>\nusing namespace std;\n"
     "int sum_of(std::function<int(int)> f, vector<int> v){\n",
     "int s = 0; for (int x : v) s += f(x); return s; }", "return 18; }",
     "#undef NDEBUG\n#include<assert.h>\nint main(){\n  int k = 3;\n"
     "  assert (sum_of([k](int x) { return x * k; }, {1, 2, 3}) == 18);\n"
     "  assert (sum_of([](int x) { return -x; }, {4}) == -4);\n}\n"},
    {"ExceptionsThatTestsCatch",
     "#include <stdexcept>\n#include <string>\nusing namespace std;\nint size_of(string s){\n",
     "if (s.empty()) throw invalid_argument(\"empty\"); return s.size(); }", "return s.size(); }",
     "#undef NDEBUG\n#include<assert.h>\nint main(){\n  bool caught = false;\n"
     "  try { size_of(\"\"); } catch (const std::logic_error& e) { caught = string(e.what()) == "
     "\"empty\"; }\n  assert (caught);\n  assert (size_of(\"ab\") == 2);\n}\n"},
    {"ListNodes",
     "struct ListNode {\n  int val;\n  ListNode* next;\n"
     "  ListNode(int x, ListNode* n = nullptr) : val(x), next(n) {}\n};\n"
     "ListNode* reverse(ListNode* head){\n",
     "ListNode* last = nullptr; while (head) { auto n = head->next; head->next = last; last = "
     "head; "
     "head = n; } return last; }",
     "return head; }",
     "#undef NDEBUG\n#include<assert.h>\nint main(){\n"
     "  auto r = reverse(new ListNode(1, new ListNode(2, new ListNode(3))));\n"
     "  assert (r->val == 3 && r->next->next->val == 1 && !r->next->next->next);\n"
     "  assert (!reverse(nullptr));\n}\n"},
    {"TreeNodes",
     "struct TreeNode {\n  int val;\n  TreeNode *left, *right;\n};\n"
     "int depth(TreeNode* root){\n",
     "return root ? 1 + std::max(depth(root->left), depth(root->right)) : 0; }", "return 1; }",
     "#undef NDEBUG\n#include<assert.h>\nint main(){\n  TreeNode a{1, nullptr, nullptr};\n"
     "  TreeNode b{2, nullptr, &a};\n  assert (depth(&b) == 2);\n}\n"},
    {"AMethodOfClassSolution",
     "#include <vector>\nusing namespace std;\nclass Solution {\npublic:\n"
     "    int total(vector<int>& v) {\n",
     "int s = 0; for (int x : v) s += x; return s; }\n};", "return 6; }",
     "#undef NDEBUG\n#include<assert.h>\nint main(){\n  Solution s;\n"
     "  vector<int> a = {1, 2, 3}, b;\n"
     "  assert (s.total(a) == 6);\n  assert (Solution().total(b) == 0);\n}\n"},
};

void PrintTo(const Case& c, std::ostream* out) { *out << c.name; }

class FunctionSignatures : public JudgingTest, public testing::WithParamInterface<Case> {
 protected:
  std::string Solve(const std::string& solution) {
    JudgeOptions options;
    options.time_limit_seconds = 2;
    FunctionJudge judge(*compiler_, options);
    const FunctionTask task = {GetParam().name, "", GetParam().declaration, "", GetParam().test};
    auto report = judge.Judge(*workplace_, task, {"s", task.id, solution, ""});
    if (!report) return report.error().message;
    last_ = *report;
    return std::string(env::VerdictName(report->verdict));
  }
};

TEST_P(FunctionSignatures, RightAnswersAreAcceptedAndOthersAreNot) {
  EXPECT_EQ(Solve(GetParam().solution), "AC") << last_.ToJson().dump(1);
  EXPECT_EQ(Solve(GetParam().wrong), "WA") << last_.ToJson().dump(1);
}

INSTANTIATE_TEST_SUITE_P(All, FunctionSignatures, testing::ValuesIn(kCases),
                         [](const auto& param) { return std::string(param.param.name); });

}  // namespace
}  // namespace tesuji::verifier
