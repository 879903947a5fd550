#include "api/plugin_loader.h"

#include <dlfcn.h>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "api/record_format.h"

namespace tesuji::env {
namespace {

Result<const TesujiPluginInfo*> FindInfo(const std::filesystem::path& path) {
  if (!std::filesystem::exists(path)) {
    return Fail("no such file; build the plug-in first, or correct the path");
  }
  // Local: two plug-ins may define the same names. Never closed: environments outlive this call.
  void* library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return Fail(fmt::format("cannot be loaded: {}", dlerror()));
  using Entry = const TesujiPluginInfo* (*)();
  const auto entry = reinterpret_cast<Entry>(dlsym(library, "TesujiPluginEntry"));
  if (entry == nullptr) {
    return Fail("is no tesuji plug-in: it does not define TESUJI_PLUGIN (api/plugin.h)");
  }
  const TesujiPluginInfo* info = entry();
  if (info == nullptr) return Fail("says nothing about itself");
  return info;
}

Status AddAll(const TesujiPluginInfo& info, const std::string& path, Registry* registry) {
  Registry own;
  try {
    info.add_environments(&own);
  } catch (const std::exception& error) {
    return Fail(fmt::format("threw while registering its environments: {}", error.what()));
  } catch (...) {
    return Fail("threw while registering its environments");
  }
  if (own.factories().empty()) return Fail("registers no environment");
  for (const EnvironmentFactory& factory : own.factories()) {
    const auto same = [&](const EnvironmentFactory& other) { return other.id == factory.id; };
    if (registry->Find(factory.id) != nullptr || std::ranges::count_if(own.factories(), same) > 1) {
      return Fail(
          fmt::format("its environment \"{}\" has the name of another one; rename it", factory.id));
    }
    if (factory.id.empty() || !factory.make) return Fail("an environment without id or maker");
  }
  for (const ProducerFactory& producer : own.producers()) {
    if (registry->Find(producer.environment) != nullptr || !producer.make) {
      return Fail(
          fmt::format("its producer [{}] explores no environment of its own", producer.section));
    }
    for (const ProducerFactory& other : registry->producers()) {
      if (other.section == producer.section) {
        return Fail(fmt::format("its producer [{}] has the section of another; rename it",
                                producer.section));
      }
    }
  }
  for (EnvironmentFactory factory : own.factories()) {
    factory.plugin = path;
    if (factory.records != nullptr) {
      factory.records =
          GuardRecords(std::move(factory.records), fmt::format("{} ({})", factory.id, path));
    }
    registry->Add(std::move(factory));
  }
  for (const ProducerFactory& producer : own.producers()) registry->AddProducer(producer);
  return {};
}

}  // namespace

Status CheckPlugin(const TesujiPluginInfo& info) {
  if (info.interface_version != kPluginInterface) {
    return Fail(fmt::format(
        "was built for plug-in interface {}, this tesuji ({}) has interface {}; build it again "
        "with the SDK of this version (cmake --install, then CMAKE_PREFIX_PATH)",
        info.interface_version, kSoftwareVersion, kPluginInterface));
  }
  if (info.build == nullptr || std::string_view(info.build) != TESUJI_PLUGIN_BUILD) {
    return Fail(fmt::format(
        "was built with {}, this tesuji with {}; build both with the same (CMAKE_CXX_COMPILER)",
        info.build == nullptr ? "an unknown compiler" : info.build, TESUJI_PLUGIN_BUILD));
  }
  if (info.layout != PluginLayout()) {
    return Fail(fmt::format(
        "was built with the headers of another tesuji (it says {}, this is {}); build it again "
        "with the installed SDK of this one",
        info.software_version == nullptr ? "nothing" : info.software_version, kSoftwareVersion));
  }
  return {};
}

Status LoadPlugin(const std::filesystem::path& path, Registry* registry) {
  std::error_code failed;
  const auto found = std::filesystem::canonical(path, failed);
  const std::string name = failed ? std::filesystem::absolute(path).string() : found.string();
  const auto from_here = [&](const EnvironmentFactory& factory) { return factory.plugin == name; };
  if (std::ranges::any_of(registry->factories(), from_here)) return {};
  Status status;
  if (const auto info = FindInfo(name); !info) {
    status = Fail(info.error().message);
  } else {
    status = CheckPlugin(**info);
    if (status) status = AddAll(**info, name, registry);
  }
  if (status) return {};
  return Fail(fmt::format("plug-in {}: {}", name, status.error().message));
}

}  // namespace tesuji::env
