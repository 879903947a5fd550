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

void Exchange::After(std::chrono::milliseconds time, std::function<void()> function) {
  Later later;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    later = later_;
  }
  if (later) later(time, std::move(function));
}

bool Exchange::Answer(HttpResponse response) {
  Send send;
  Later later;
  std::function<void()> dropped;  // Destroyed outside the lock.
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    send.swap(send_);
    later.swap(later_);
    dropped.swap(when_gone_);
  }
  if (!send) return false;
  send(std::move(response));
  return true;
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
  Send send;
  Later later;
  std::function<void()> function;
  {
    const std::lock_guard<std::mutex> lock(mutex_);
    if (!send_) return;  // Answered before.
    send.swap(send_);
    later.swap(later_);
    gone_ = true;
    function.swap(when_gone_);
  }
  if (function) function();
}

}  // namespace tesuji::service
