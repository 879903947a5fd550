// One call into code that is not trusted: what it throws becomes an EnvironmentFault, and what it
// does while it crashes can still be told. For api/guard.cc and api/judge_guard.cc.
// Thread-safety: as the code that is called.
#pragma once

#include <fmt/format.h>

#include <new>
#include <string>
#include <utility>

#include "api/crash_notice.h"
#include "api/guard.h"
#include "core/result.h"

namespace tesuji::env {

/// The name of the exception that is being handled.
std::string CurrentExceptionName();

/// Whom a guarded call is made for.
struct GuardedName {
  std::string name;             ///< The environment's, for messages.
  GuardTrace* trace = nullptr;  ///< May be null.
};

/// Calls `function`. `describe` says in which state, and is called only where that is needed.
template <class F, class D>
auto GuardedCall(const GuardedName& whom, const CallInProgress& call, const D& describe,
                 F&& function) {
  if (whom.trace != nullptr) whom.trace->Set(call.method, describe());
  const CrashFrame frame(call);
  try {
    return std::forward<F>(function)();
  } catch (const EnvironmentFault&) {
    throw;
  } catch (const MachineError&) {
    throw;
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const std::exception& error) {
    const std::string type = CurrentExceptionName();
    throw EnvironmentFault(whom.name, call.method, describe(),
                           fmt::format("threw {}: \"{}\"", type, error.what()));
  } catch (...) {
    const std::string type = CurrentExceptionName();
    throw EnvironmentFault(whom.name, call.method, describe(), fmt::format("threw {}", type));
  }
}

}  // namespace tesuji::env
