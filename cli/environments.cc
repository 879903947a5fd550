#include "cli/families.h"
#include "env/connect4/connect4.h"
#include "env/game2048/game2048.h"
#include "env/go/go_environment.h"
#include "env/matmul/matmul_environment.h"
#include "env/mnk/mnk.h"
#include "env/othello/othello.h"
#include "env/program/program_environment.h"
#include "env/tictactoe/tictactoe.h"

namespace tesuji::env {

Registry BuiltInEnvironments() {
  Registry registry;
  registry.Add(go::GoFactory());
  registry.Add(ConnectFourFactory());
  registry.Add(OthelloFactory());
  registry.Add(MnkFactory());
  registry.Add(Game2048Factory());
  registry.Add(program::ProgramFactory());
  registry.Add(matmul::MatmulFactory());
  registry.Add(TicTacToeFactory());
  return registry;
}

}  // namespace tesuji::env
