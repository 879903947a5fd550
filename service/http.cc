#include "service/http.h"

#include "core/json.h"

namespace tesuji::service {

HttpResponse ErrorResponse(int status, std::string_view message) {
  HttpResponse response;
  response.status = status;
  response.body =
      Json({{"error", message}}).dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
  return response;
}

std::string QueryValue(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const std::string_view part = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(part.size() + 1, query.size()));
    if (part.starts_with(name) && part.size() > name.size() && part[name.size()] == '=') {
      return std::string(part.substr(name.size() + 1));
    }
  }
  return {};
}

Exchange::~Exchange() {
  if (send_) send_(ErrorResponse(500, "the service gave no answer"));
}

void Exchange::Answer(HttpResponse response) {
  Send send;
  std::function<void()> dropped;  // Destroyed outside the lock.
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    send.swap(send_);
    dropped.swap(when_gone_);
  }
  if (send) send(std::move(response));
}

void Exchange::WhenGone(std::function<void()> function) {
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!gone_) {
      if (send_) when_gone_ = std::move(function);
      return;
    }
  }
  function();
}

void Exchange::Gone() {
  std::function<void()> function;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!send_) return;  // Answered before.
    send_ = nullptr;
    gone_ = true;
    function.swap(when_gone_);
  }
  if (function) function();
}

}  // namespace tesuji::service
