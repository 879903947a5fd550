#include "env/program/language/cpp_helpers.h"

#include <algorithm>
#include <cstddef>
#include <vector>

namespace tesuji::env::program {
namespace {

/// Begins the line before a helper: "//- Concat: Sized" says its name and what it uses.
constexpr std::string_view kMark = "\n//- ";

/// Takes the text before `end` off the front, and `end` with it.
std::string_view TakeUntil(std::string_view end, std::string_view* text) {
  const std::size_t at = std::min(text->find(end), text->size());
  const std::string_view taken = text->substr(0, at);
  text->remove_prefix(std::min(at + end.size(), text->size()));
  return taken;
}

CppHelper ReadHelper(std::string_view text) {
  std::string_view head = TakeUntil("\n", &text);
  CppHelper helper;
  helper.name = TakeUntil(": ", &head);
  for (std::string_view& used : helper.uses) used = TakeUntil(" ", &head);
  helper.text = text;
  return helper;
}

std::vector<CppHelper> ReadHelpers() {
  std::string_view text = kListHelpers;
  TakeUntil(kMark, &text);
  std::vector<CppHelper> helpers;
  while (!text.empty()) helpers.push_back(ReadHelper(TakeUntil(kMark, &text)));
  return helpers;
}

}  // namespace

std::span<const CppHelper> CppHelpers() {
  static const std::vector<CppHelper> helpers = ReadHelpers();
  return helpers;
}

std::string_view CppPrologueText() {
  std::string_view text = kListHelpers;
  return TakeUntil(kMark, &text);
}

std::string_view CppName(Op op) {
  switch (op) {
    case kDiv:
      return "Divide";
    case kMod:
      return "Modulo";
    case kFirst:
      return "First";
    case kSecond:
      return "Second";
    case kThird:
      return "Third";
    case kLast:
      return "Last";
    case kNth:
      return "Nth";
    case kSum:
      return "Sum";
    case kProduct:
      return "Product";
    case kMaximum:
      return "Largest";
    case kMinimum:
      return "Smallest";
    case kCount:
      return "Count";
    case kFind:
      return "Find";
    case kFold:
      return "Fold";
    case kIsIn:
      return "Contains";
    case kCons:
      return "Cons";
    case kAppend:
      return "Append";
    case kConcat:
      return "Concat";
    case kRepeat:
      return "Repeat";
    case kRange:
      return "Range";
    case kRangeStep:
      return "RangeStep";
    case kTake:
      return "Take";
    case kDrop:
      return "Drop";
    case kTakeLast:
      return "TakeLast";
    case kDropLast:
      return "DropLast";
    case kSlice:
      return "Slice";
    case kCutSlice:
      return "CutSlice";
    case kCutIndex:
      return "CutIndex";
    case kCutValue:
      return "CutValue";
    case kCutValues:
      return "CutValues";
    case kInsert:
      return "Insert";
    case kSplice:
      return "Splice";
    case kReplace:
      return "Replace";
    case kSwap:
      return "Swap";
    case kReverse:
      return "Reverse";
    case kSort:
      return "Sort";
    case kUnique:
      return "Unique";
    case kSortBy:
      return "SortBy";
    case kFlatten:
      return "Flatten";
    case kMap:
      return "Map";
    case kMapIndex:
      return "MapIndex";
    case kFilter:
      return "Filter";
    case kFilterIndex:
      return "FilterIndex";
    case kZipWith:
      return "ZipWith";
    case kScan:
      return "Scan";
    case kMapRows:
      return "MapRows";
    case kNthRow:
      return "NthRow";
    case kZip:
      return "Zip";
    case kGroup:
      return "Group";
    case kMapToRows:
      return "MapToRows";
    case kFilterRows:
      return "FilterRows";
    case kChangeRows:
      return "ChangeRows";
    default:
      return "";
  }
}

}  // namespace tesuji::env::program
