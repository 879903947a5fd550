#include "service/access.h"

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <sys/stat.h>

#include <algorithm>

#include "core/files.h"
#include "core/sha256.h"
#include "service/base64.h"

namespace tesuji::service {
namespace {

constexpr std::size_t kShortestToken = 16;

/// The name of "name:port", "[::1]:port" or either without a port.
std::string HostName(const std::string& host) {
  if (host.starts_with('[')) return host.substr(1, host.find(']') - 1);
  return host.substr(0, host.rfind(':'));
}

bool IsThisMachine(const std::string& host) {
  const std::string name = HostName(host);
  const bool digits = name.find_first_not_of("0123456789.") == std::string::npos;
  return host.empty() || name == "localhost" || name == "::1" ||
         (digits && name.starts_with("127."));
}

}  // namespace

Access::Access(const std::string& token) : hash_(token.empty() ? "" : Sha256Hex(token)) {}

bool Access::Knows(const std::string& authorization) const {
  std::string token;
  if (authorization.starts_with("Bearer ")) {
    token = authorization.substr(7);
  } else if (authorization.starts_with("Basic ")) {  // http://anything:TOKEN@host, as URLs have it.
    const auto pair = DecodeBase64(authorization.substr(6));
    if (!pair || pair->find(':') == std::string::npos) return false;
    token = pair->substr(pair->find(':') + 1);
  }
  const std::string hash = Sha256Hex(token);
  return CRYPTO_memcmp(hash.data(), hash_.data(), hash_.size()) == 0;
}

std::optional<HttpResponse> Access::Refuse(const HttpRequest& request) const {
  if (!request.origin.empty()) {
    return ErrorResponse(403, "requests from pages in a browser are refused (they have an Origin)");
  }
  if (hash_.empty()) {
    if (IsThisMachine(request.host)) return std::nullopt;
    return ErrorResponse(403,
                         "without a token only this machine is served; Host must be localhost");
  }
  if (request.path == "/healthz" || Knows(request.authorization)) return std::nullopt;
  HttpResponse response =
      ErrorResponse(401, "the token is missing or wrong; send it as 'Authorization: Bearer TOKEN'");
  response.headers.emplace_back("WWW-Authenticate", "Bearer");
  return response;
}

Result<std::string> ReadTokenFile(const std::string& path) {
  struct stat info = {};
  if (stat(path.c_str(), &info) == 0 && (info.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return Fail(fmt::format("{}: others may read it; run chmod 600", path));
  }
  auto text = ReadFile(path, 1 << 16);
  if (!text) return tl::unexpected(text.error());
  std::string token = text->substr(0, text->find_first_of("\r\n"));
  if (token.size() < kShortestToken) {
    return Fail(fmt::format("{}: its first line must be a token of at least {} characters", path,
                            kShortestToken));
  }
  return token;
}

}  // namespace tesuji::service
