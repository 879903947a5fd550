// Nothing: its target exists for the header that all tests share (CMakeLists.txt).
