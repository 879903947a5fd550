#pragma once
// Exceptions that a candidate throws and tests catch: of the standard library, numbers and text.
#include <exception>
#include <new>
#include <stdexcept>
#include <string>
namespace tesuji_harness {
// Derived ones before their bases.
#define TESUJI_EXCEPTIONS(X)                                                                      \
  X(1, std::invalid_argument) X(2, std::domain_error) X(3, std::length_error)                     \
  X(4, std::out_of_range) X(5, std::logic_error) X(6, std::range_error)                           \
  X(7, std::overflow_error) X(8, std::underflow_error) X(9, std::runtime_error)
#define TESUJI_VALUES(X)                                                                          \
  X(20, int) X(21, long) X(22, unsigned) X(23, double) X(24, char) X(25, bool) X(26, long long)   \
  X(27, std::string)
template <class Work>
void Caught(Bytes& answer, Work work) {
  const auto begin = [&answer](char tag) {
    answer.data.clear();
    answer.Kind(kException);
    answer.Kind(tag);
  };
  try {
    work();
  }
#define X(tag, type)                                             \
  catch (const type& error) {                                    \
    begin(tag);                                                  \
    tesuji_harness::Put<std::string>(answer, error.what());      \
  }
  TESUJI_EXCEPTIONS(X)
#undef X
  catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& error) {
    begin(10);
    tesuji_harness::Put<std::string>(answer, error.what());
  }
#define X(tag, type)                                 \
  catch (const type& error) {                        \
    begin(tag);                                      \
    tesuji_harness::Put<type>(answer, error);        \
  }
  TESUJI_VALUES(X)
#undef X
  catch (const char* error) {
    begin(28);
    tesuji_harness::Put<std::string>(answer, error);
  }
}
/// Stands for any other class derived from std::exception.
struct OtherException : std::exception {
  explicit OtherException(std::string text) : text_(text) {}
  const char* what() const noexcept override { return text_.c_str(); }
  std::string text_;
};
[[noreturn]] inline void Throw(Bytes& b) {
  const char tag = b.TakeKind();
#define X(number, type) \
  if (tag == number) throw type(tesuji_harness::Get<std::string>(b));
  TESUJI_EXCEPTIONS(X)
#undef X
  if (tag == 10) throw OtherException(tesuji_harness::Get<std::string>(b));
#define X(number, type) \
  if (tag == number) throw tesuji_harness::Get<type>(b);
  TESUJI_VALUES(X)
#undef X
  if (tag == 28) throw static_cast<const char*>((new std::string(tesuji_harness::Get<std::string>(b)))->c_str());
  Broken();
}
}  // namespace tesuji_harness
