#include <cstdlib>
static int early = (std::_Exit(0), 0);
int main() { return early; }
