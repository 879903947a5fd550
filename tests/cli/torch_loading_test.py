#!/usr/bin/env python3
"""LibTorch is loaded when a network is needed, not before, and what is wrong with it is said.

usage: torch_loading_test.py TESUJI OTHER_LIBRARY
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

OTHER_LIBRARY = sys.argv.pop(2)
TESUJI = sys.argv.pop(1)
NEEDS_A_NETWORK = ("bench", "evaluator", "--seconds", "0.1")


def run(*arguments, **environment):
    return subprocess.run(
        [TESUJI, *arguments], capture_output=True, text=True, timeout=120,
        env={**os.environ, **environment},
    )


class TorchLoading(unittest.TestCase):
    def test_only_what_needs_a_network_loads_it(self):
        for arguments, loads in ((("envs",), False), (NEEDS_A_NETWORK, True)):
            result = run(*arguments, LD_DEBUG="files")
            self.assertEqual(result.returncode, 0, result.stderr[-500:])
            self.assertEqual("libtorch" in result.stderr, loads, arguments)

    def test_a_damaged_or_foreign_library_is_named(self):
        with tempfile.TemporaryDirectory() as folder:
            library = pathlib.Path(folder) / "libtesuji_torch.so"
            library.write_text("no library")
            result = run(*NEEDS_A_NETWORK, LD_LIBRARY_PATH=folder)
            self.assertEqual(result.returncode, 3, result.stderr)
            self.assertIn("LibTorch cannot be loaded: " + str(library), result.stderr)
            shutil.copy(OTHER_LIBRARY, library)
            result = run(*NEEDS_A_NETWORK, LD_LIBRARY_PATH=folder)
            self.assertEqual(result.returncode, 3, result.stderr)
            self.assertIn("does not belong to this tesuji", result.stderr)


if __name__ == "__main__":
    unittest.main()
