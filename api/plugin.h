// Environments in a shared library of their own:
//
//   TESUJI_PLUGIN(registry) {
//     registry->Add(MyEnvironmentFactory());
//   }
//
// once in a library that is linked to tesuji::sdk. The program looks up one C symbol, compares what
// the plug-in was built with (interface, compiler, libraries, layout of the shared types) and
// refuses it with a reason before any C++ object passes between the two.
// A plug-in stays loaded until the process ends. Thread-safety: used at start-up.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <tl/expected.hpp>
#include <version>

#include "api/environment.h"
#include "api/registry.h"
#include "core/version.h"

#define TESUJI_TEXT_(x) #x
#define TESUJI_TEXT(x) TESUJI_TEXT_(x)

#if defined(__clang__)
#define TESUJI_COMPILER "Clang " TESUJI_TEXT(__clang_major__)
#elif defined(__GNUC__)
#define TESUJI_COMPILER "GCC " TESUJI_TEXT(__GNUC__)
#else
#error "tesuji plug-ins are built with GCC or Clang"
#endif
#if defined(_GLIBCXX_RELEASE)
#define TESUJI_STANDARD_LIBRARY \
  "libstdc++ " TESUJI_TEXT(_GLIBCXX_RELEASE) " (C++11 ABI " TESUJI_TEXT(_GLIBCXX_USE_CXX11_ABI) ")"
#elif defined(_LIBCPP_VERSION)
#define TESUJI_STANDARD_LIBRARY "libc++ " TESUJI_TEXT(_LIBCPP_VERSION)
#else
#define TESUJI_STANDARD_LIBRARY "an unknown standard library"
#endif
#if defined(_GLIBCXX_DEBUG)
#define TESUJI_DEBUG_CONTAINERS ", debug containers"
#else
#define TESUJI_DEBUG_CONTAINERS ""
#endif

/// Compiler and libraries whose types cross the border, for people and for comparison.
#define TESUJI_PLUGIN_BUILD \
  TESUJI_COMPILER ", " TESUJI_STANDARD_LIBRARY TESUJI_DEBUG_CONTAINERS                         \
                  ", nlohmann/json " TESUJI_TEXT(NLOHMANN_JSON_VERSION_MAJOR) "." TESUJI_TEXT( \
                      NLOHMANN_JSON_VERSION_MINOR) ", tl::expected " TESUJI_TEXT(              \
                      TL_EXPECTED_VERSION_MAJOR) "." TESUJI_TEXT(TL_EXPECTED_VERSION_MINOR)

namespace tesuji::env {

/// Raised when api/environment.h, api/judge.h, api/registry.h, api/record_format.h,
/// api/dataset_hooks.h or what they include change.
inline constexpr std::uint32_t kPluginInterface = 5;

/// One number for the sizes of types, an FNV hash that goes on from `hash`.
constexpr std::uint64_t LayoutHash(std::initializer_list<std::uint64_t> sizes,
                                   std::uint64_t hash = 1469598103934665603ULL) {
  for (const std::uint64_t size : sizes) hash = (hash ^ size) * 1099511628211ULL;
  return hash;
}

/// Sizes of the types that cross the border: a last net under the version number.
constexpr std::uint64_t PluginLayout() {
  return LayoutHash({sizeof(void*), sizeof(std::string), sizeof(Json), sizeof(Spec), sizeof(Task),
                     sizeof(FinalTargets), sizeof(ChanceOutcome), sizeof(Judgement), sizeof(Key128),
                     sizeof(RandomStream), sizeof(Parameter), sizeof(EnvironmentFactory),
                     sizeof(Registry), sizeof(ProducerFactory),
                     sizeof(Result<std::unique_ptr<State>>)});
}

}  // namespace tesuji::env

extern "C" {
/// What a plug-in says about itself. `interface_version` stays the first member for ever.
struct TesujiPluginInfo {
  std::uint32_t interface_version;
  std::uint32_t reserved;
  std::uint64_t layout;
  const char* build;             // TESUJI_PLUGIN_BUILD
  const char* software_version;  // Of the SDK it was built with.
  void (*add_environments)(void* registry);
};
}

#define TESUJI_PLUGIN(registry)                                                                   \
  static void TesujiAddEnvironments(::tesuji::env::Registry* registry);                           \
  extern "C" __attribute__((visibility("default"))) const TesujiPluginInfo* TesujiPluginEntry() { \
    static const TesujiPluginInfo info = {                                                        \
        ::tesuji::env::kPluginInterface,                                                          \
        0,                                                                                        \
        ::tesuji::env::PluginLayout(),                                                            \
        TESUJI_PLUGIN_BUILD,                                                                      \
        ::tesuji::kSoftwareVersion,                                                               \
        [](void* opaque) {                                                                        \
          TesujiAddEnvironments(static_cast<::tesuji::env::Registry*>(opaque));                   \
        }};                                                                                       \
    return &info;                                                                                 \
  }                                                                                               \
  static void TesujiAddEnvironments(::tesuji::env::Registry* registry)
