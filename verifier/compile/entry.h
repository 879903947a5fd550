// The class that a Java virtual machine starts, and the file names that javac demands. Found by
// reading the sources, whose text may be anything: what cannot be read has no such class.
// Thread-safety: pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "verifier/compile/precompiled.h"

namespace tesuji::verifier {

/// The outermost types of a source in Java or Scala.
struct SourceTypes {
  std::string package;       ///< "a.b", or empty.
  std::string public_class;  ///< The first public type's name, or empty.
  std::string main_class;    ///< The first type that has a `main`, or empty; without the package.
};
SourceTypes ReadTypes(std::string_view source);

/// "a.b.Main": of the file called Main, else the first one that has a main class; empty for none.
std::string MainClass(const std::vector<SourceFile>& sources);

/// A public class X must lie in X.java: files that are called otherwise are renamed.
std::vector<SourceFile> NamedByClass(std::vector<SourceFile> sources);

}  // namespace tesuji::verifier
