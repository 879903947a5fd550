// Who may ask: with a token, whoever sends it; without one, programs of this machine.
//
// A browser can be made to send requests to this machine by any page that it shows. So a request
// with an Origin is refused, and without a token also one whose Host is not this machine.
// The token itself is not kept, only its hash; it is never printed.
// Thread-safety: immutable.
#pragma once

#include <optional>
#include <string>

#include "core/result.h"
#include "service/http.h"

namespace tesuji::service {

class Access {
 public:
  /// An empty token: none is asked for.
  explicit Access(const std::string& token);

  /// Why this request is refused; nothing when it is allowed. GET /healthz needs no token.
  std::optional<HttpResponse> Refuse(const HttpRequest& request) const;
  bool has_token() const { return !hash_.empty(); }

 private:
  bool Knows(const std::string& authorization) const;
  std::string hash_;
};

/// The first line of a file; fails when it is empty, or when others may read the file.
Result<std::string> ReadTokenFile(const std::string& path);

}  // namespace tesuji::service
