#undef assert
#define assert(...) (tesuji_harness::Check(static_cast<bool>(__VA_ARGS__), #__VA_ARGS__, __LINE__))
