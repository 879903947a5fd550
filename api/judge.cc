#include "api/judge.h"

namespace tesuji::env {

std::string_view VerdictName(Verdict verdict) {
  switch (verdict) {
    case Verdict::kAccepted:
      return "AC";
    case Verdict::kWrongAnswer:
      return "WA";
    case Verdict::kTimeLimit:
      return "TLE";
    case Verdict::kMemoryLimit:
      return "MLE";
    case Verdict::kOutputLimit:
      return "OLE";
    case Verdict::kRuntimeError:
      return "RTE";
    case Verdict::kCompileError:
      return "CE";
    case Verdict::kInternalError:
      return "IE";
  }
  return "IE";
}

}  // namespace tesuji::env
