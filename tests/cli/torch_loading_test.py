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


def run(*arguments, program=TESUJI, **environment):
    return subprocess.run(
        [program, *arguments], capture_output=True, text=True, timeout=120,
        env={**os.environ, **environment},
    )


class TorchLoading(unittest.TestCase):
    def test_only_what_needs_a_network_loads_it(self):
        for arguments, loads in ((("envs",), False), (NEEDS_A_NETWORK, True)):
            result = run(*arguments, LD_DEBUG="files")
            self.assertEqual(result.returncode, 0, result.stderr[-500:])
            self.assertEqual("libtorch" in result.stderr, loads, arguments)

    def test_what_is_wrong_with_the_library_is_said(self):
        with tempfile.TemporaryDirectory() as folder:
            program = pathlib.Path(folder) / "bin" / "tesuji"
            library = pathlib.Path(folder) / "lib" / "libtesuji_torch.so"
            program.parent.mkdir()
            library.parent.mkdir()
            shutil.copy(TESUJI, program)

            # The system's own search comes last; here it finds what is no library.
            elsewhere = pathlib.Path(folder) / "elsewhere"
            elsewhere.mkdir()
            (elsewhere / library.name).write_text("no library")

            def fails(*arguments):
                result = run(*arguments, program=program, LD_LIBRARY_PATH=str(elsewhere))
                self.assertEqual(result.returncode, 3, result.stderr)
                return result.stderr

            self.assertIn("instead of copying the program alone", fails(*NEEDS_A_NETWORK))
            campaign = pathlib.Path(folder) / "campaign.toml"
            campaign.write_text('[environment]\nid = "tictactoe"\n')
            store = pathlib.Path(folder) / "new.db"
            fails("run", campaign, "--store", store)
            self.assertFalse(store.exists(), "a campaign that cannot begin leaves no store")
            library.write_text("no library")
            self.assertIn("cannot be loaded: " + str(library), fails(*NEEDS_A_NETWORK))
            shutil.copy(OTHER_LIBRARY, library)
            self.assertIn(f"{library} does not belong to this tesuji", fails(*NEEDS_A_NETWORK))
            # The folder as a whole may move, and be reached by another name.
            shutil.copy(pathlib.Path(TESUJI).parent.parent / "lib" / library.name, library)
            moved = pathlib.Path(folder + " moved")
            pathlib.Path(folder).rename(moved)
            try:
                link = moved / "a link"
                link.symlink_to(moved / "bin" / "tesuji")
                result = run(*NEEDS_A_NETWORK, program=link)
                self.assertEqual(result.returncode, 0, result.stderr)
            finally:
                moved.rename(folder)


if __name__ == "__main__":
    unittest.main()
