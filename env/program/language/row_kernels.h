// What the productions on rows of lists compute. A value of rows holds the rows' lengths and then
// their numbers (value.h). Inside env/program/language only.
// Thread-safety: free functions; the arena is the caller's.
#pragma once

#include <cstdint>

#include "env/program/language/kernels.h"
#include "env/program/language/value.h"

namespace tesuji::env::program::kernels {

Value Group(const Function& key, const Value& list, Arena* arena);
Value Zip(const Value& a, const Value& b, Arena* arena);
Value MapToRows(const Function& f, const Value& list, Arena* arena);
Value MapRows(const Function& f, const Value& rows, Arena* arena);
Value NthRow(std::int32_t position, const Value& rows);
Value FilterRows(const Function& f, const Value& rows, Arena* arena);
Value ChangeRows(const Function& f, const Value& rows, Arena* arena);

}  // namespace tesuji::env::program::kernels
