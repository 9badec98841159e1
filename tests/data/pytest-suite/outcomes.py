"""One test for each way a test can end; the reports beside this file come from it."""

import unittest

import pytest

from tests.shared import Inherited

ATTEMPTS = {}


def pass_after(name, attempts):
    ATTEMPTS[name] = ATTEMPTS.get(name, 0) + 1
    assert ATTEMPTS[name] > attempts, f"attempt {ATTEMPTS[name]}"


def test_passes():
    pass


def test_fails():
    assert {"a": 1} == {"a": 2}


def test_raises():
    raise ValueError("first line\nsecond line")


@pytest.mark.flaky(reruns=2)
@pytest.mark.parametrize("value", ["a b", "c::d", "[e]"])
def test_flaky(value):
    pass_after(value, 1)


@pytest.mark.flaky(reruns=2)
def test_fails_every_time():
    assert 0


@pytest.fixture
def broken():
    raise OSError("no such device")


@pytest.fixture
def torn():
    yield
    raise RuntimeError("cannot be torn down")


def test_setup_error(broken):
    pass


def test_teardown_error(torn):
    pass


def test_fails_and_teardown_error(torn):
    assert 0


@pytest.mark.flaky(reruns=1)
def test_fails_and_teardown_error_twice(torn):
    assert 0


@pytest.mark.skip(reason="not here")
def test_skipped():
    pass


@pytest.mark.xfail(reason="known")
def test_xfails():
    assert 0


@pytest.mark.xfail
def test_xpasses():
    pass


@pytest.mark.xfail(strict=True)
def test_xpasses_strictly():
    pass


class TestGroup(Inherited):
    class TestInner:
        def test_nested(self):
            pass


class CaseTest(unittest.TestCase):
    @pytest.mark.flaky(reruns=1)
    def test_flaky(self):
        pass_after("unittest", 1)

    @unittest.expectedFailure
    def test_expected(self):
        self.fail()

    @unittest.expectedFailure
    def test_unexpected_success(self):
        pass

    def test_subtests(self):
        for number in range(4):
            with self.subTest(number=number):
                self.assertEqual(number % 2, 0)


class ClassSetupTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        raise RuntimeError("the class cannot be set up")

    def test_one(self):
        pass

    def test_two(self):
        pass
