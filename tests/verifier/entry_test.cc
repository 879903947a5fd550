// The class that a Java virtual machine starts.
#include "verifier/compile/entry.h"

#include <gtest/gtest.h>

namespace tesuji::verifier {
namespace {

TEST(Entry, TheMainClassIsFoundAmongSeveral) {
  const SourceTypes types = ReadTypes(
      "package a.b ;\nimport java.util.*;\n"
      "class Helper { void f() { int main = 1; } }\n"
      "/* class Wrong { static void main( */ // class Wrong2 {\n"
      "public class Right { String s = \"class X { main(\"; char c = '{', d = '\\'';\n"
      "  public static void main(String... a) { new Helper().f(); } }\n");
  EXPECT_EQ(types.package, "a.b");
  EXPECT_EQ(types.public_class, "Right");
  EXPECT_EQ(types.main_class, "Right");
}

TEST(Entry, ACallOfMainIsNoMain) {
  EXPECT_EQ(ReadTypes("class A { void f() { B.main(null); } }\n"
                      "class B { public static void main(String[] a) {} }\n")
                .main_class,
            "B");
}

TEST(Entry, ScalaObjectsStartToo) {
  EXPECT_EQ(ReadTypes("object Sum extends App { println(1) }\n").main_class, "Sum");
  EXPECT_EQ(ReadTypes("object Sum {\n  def main(args: Array[String]) { }\n}\n").main_class, "Sum");
}

TEST(Entry, TheFileCalledMainComesFirst) {
  const std::string main = " { public static void main(String[] a) {} }\n";
  EXPECT_EQ(MainClass({{"A.java", "class A" + main}, {"Main.java", "class Main" + main}}), "Main");
  EXPECT_EQ(MainClass({{"B.java", "class B {}"}, {"p/C.java", "package p; class C" + main}}),
            "p.C");
  EXPECT_EQ(MainClass({{"B.java", "class B {}"}}), "");
}

TEST(Entry, FilesAreNamedByTheirPublicClass) {
  const auto files = NamedByClass({{"x/solution.java", "public final class Main {}"},
                                   {"Other.java", "public interface Other {}"},
                                   {"notes.txt", "public class Notes {}"}});
  EXPECT_EQ(files[0].name, "x/Main.java");
  EXPECT_EQ(files[1].name, "Other.java");
  EXPECT_EQ(files[2].name, "notes.txt");
}

TEST(Entry, AnyTextIsRead) {
  for (const char* text : {"", "\"", "'", "/*", "\"\"\"", "package", "package .", "class", "public",
                           "}}}}class A{main(", "'\\", "package a.\x80\xff;"}) {
    ReadTypes(text);
  }
}

}  // namespace
}  // namespace tesuji::verifier
