// Nothing: its target exists for the header that all libraries share (CMakeLists.txt).
