#include "core/program_folder.h"

#include <system_error>

namespace tesuji {

std::filesystem::path ProgramFolder() {
  std::error_code failed;
  return std::filesystem::read_symlink("/proc/self/exe", failed).parent_path();
}

}  // namespace tesuji
