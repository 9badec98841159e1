"""What is recorded about the machine."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from ratchetry.adapters.machine import cores, model_of, runner

needs_affinity = pytest.mark.skipif(sys.platform != "linux", reason="affinity is Linux's")


def test_runner_describes_this_machine() -> None:
    """Every field is filled, and the Python version is the one given."""
    found = runner("3.12.4")
    assert found.python == "3.12.4"
    assert found.cores == cores() >= 1
    assert found.cpu_model
    assert os.uname().machine in found.os


@needs_affinity
def test_cores_follow_the_affinity_of_the_process() -> None:
    """A process bound to one processor counts one core, whatever the machine has."""
    program = "import os; os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})\n"
    program += "from ratchetry.adapters.machine import cores; print(cores())"
    answer = subprocess.run((sys.executable, "-c", program), capture_output=True, text=True, check=True)
    assert answer.stdout == "1\n"


@pytest.mark.parametrize(
    ("cpuinfo", "name"),
    [
        ("processor\t: 0\nmodel\t\t: 85\nmodel name\t: Intel(R)  Xeon(R) @ 2.50GHz\n", "Intel(R) Xeon(R) @ 2.50GHz"),
        ("processor\t: 0\nBogoMIPS\t: 50.00\nCPU part\t: 0xd0c\n", ""),
        ("Hardware\t: BCM2835\nModel\t\t: Raspberry Pi 4 Model B Rev 1.4\n", "Raspberry Pi 4 Model B Rev 1.4"),
        ("model name\t:\n", ""),
        ("", ""),
    ],
)
def test_processor_name_is_read_from_cpuinfo(cpuinfo: str, name: str) -> None:
    """The name is taken where the kernel gives one, and none is made up where it does not."""
    assert model_of(cpuinfo.splitlines()) == name
