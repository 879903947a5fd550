#include "cli/families.h"

#include "env/matmul/flip_producer.h"
#include "env/program/enumeration_producer.h"
#include "env/program/judge.h"

namespace tesuji::env {

Registry BuiltInFamilies() {
  Registry registry = BuiltInEnvironments();
  registry.SetRejudge("program", program::MakeRejudge);
  registry.AddProducer(program::EnumerationFactory());
  registry.AddProducer(matmul::FlipWalksFactory());
  return registry;
}

}  // namespace tesuji::env
