// What models write when they are asked for code: prose around fenced blocks, thoughts, whole
// functions instead of bodies. These functions find the code in it.
// Thread-safety: free functions.
#pragma once

#include <string>

namespace tesuji::verifier {

struct AnswerCode {
  std::string text;
  std::string language;  ///< As the fence names it, in lower case; empty: it names none.
};

/// The code of an answer. Of fenced blocks it is the longest that has the name `entry`, or the
/// longest; without any fence it is the whole answer. Text up to "</think>" is left out.
AnswerCode CodeOf(const std::string& answer, const std::string& entry);

/// The language table's id for a name that people use ("py", "c++", "Node.js"); empty: unknown.
std::string LanguageIdOf(const std::string& name);

}  // namespace tesuji::verifier
