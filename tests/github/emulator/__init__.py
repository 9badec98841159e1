"""An emulator of GitHub that we did not write, as a second opinion beside our own fake."""

from tests.github.emulator.backend import EmulatorBackend
from tests.github.emulator.server import Emulator, emulator, missing

__all__ = ["Emulator", "EmulatorBackend", "emulator", "missing"]
