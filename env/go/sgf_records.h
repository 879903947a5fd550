// SGF as the record format of Go (api/record_format.h): games of people or engines become episodes,
// episodes become commented records.
//
// A game becomes an episode when every move is legal under the rules asked for, the colours
// alternate, and the record's result is the score that the rules give. Passes that a record leaves
// out at its end are added when the score agrees. Where stones follow two passes, the game ends at
// the passes if the board has its result there, else the passes are left out; a remark says so. A
// game that was resigned or lost on time has no final position that could prove its result: it is
// refused. Each move becomes a target of its own (probability 1), with no visits. Thread-safety: as
// api/record_format.h says.
#pragma once

#include <memory>

#include "api/record_format.h"

namespace tesuji::env::go {

std::shared_ptr<const RecordFormat> SgfRecords();

}  // namespace tesuji::env::go
