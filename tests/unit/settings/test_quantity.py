"""Quantities: the grammar of Kubernetes, exact arithmetic."""

import re
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examx_constructs.settings import Quantity
from examx_constructs.settings.quantity import byte_size, cpu_share
from tests.unit.settings import strategies as own
from tests.unit.settings.support import attempt, refusal, reproducible

# As the API server words it: "quantities must match the regular expression ...".
KUBERNETES = re.compile(r"^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$", re.ASCII)
LARGEST = 2**63 - 1
STEP = Fraction(1, 10**9)

EXACT = st.tuples(st.integers(0, 999_999), st.sampled_from(sorted(own.UNITS)))
FOREIGN = st.text(alphabet="0123456789.eEinumkKMGTP+- ٣𝟛", max_size=12) | st.text(max_size=12)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("0", 0),
        ("2", 2),
        ("500m", Fraction(1, 2)),
        ("1500m", Fraction(3, 2)),
        ("0.5", Fraction(1, 2)),
        (".5", Fraction(1, 2)),
        ("1.", 1),
        ("250u", Fraction(250, 10**6)),
        ("7n", Fraction(7, 10**9)),
        ("1k", 1000),
        ("1Ki", 1024),
        ("128Mi", 128 * 1024**2),
        ("128M", 128 * 10**6),
        ("4Gi", 4 * 1024**3),
        ("1.5Gi", 3 * 1024**3 // 2),
        ("1Ti", 1024**4),
        ("1Pi", 1024**5),
        ("1Ei", 1024**6),
        ("1E", 10**18),
        ("1e3", 1000),
        ("1E3", 1000),
        ("12e-1", Fraction(6, 5)),
        ("9223372036854775807", LARGEST),
    ],
)
def test_reads_what_kubernetes_reads(text: str, amount: Fraction) -> None:
    quantity = Quantity(text)
    assert quantity.amount == amount
    assert str(quantity) == text
    assert repr(quantity) == f"Quantity({text!r})"


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "4GB",
        "4gb",
        "4G i",
        "4gi",
        "4KI",
        "4ki",
        "1K",
        "4 Gi",
        " 4Gi",
        "4Gi\n",
        "-1",
        "+1",
        "1_000",
        "1,5",
        ".",
        "Gi",
        "1e",
        "1ee3",
        "1e3.5",
        "1e3Ki",
        "0x10",
        "1.2.3",
        "half",
        "٣",
        "inf",
        "nan",
        "1e9999",
    ],
)
def test_refuses_what_kubernetes_refuses(text: str) -> None:
    assert "; it must be a text with a Kubernetes suffix, such as 500m, 2, 512Mi or 10Gi" in refusal(
        lambda: Quantity(text)
    )


@pytest.mark.parametrize(
    ("given", "shown"), [(4, "4"), (0.5, "0.5"), (None, "None"), (b"4Gi", "b'4Gi'"), ("4GB", '"4GB"')]
)
def test_names_what_was_given(given: object, shown: str) -> None:
    assert refusal(lambda: Quantity(given)).startswith(f"quantity is {shown}; it must be a text")  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("text", ["9223372036854775808", "8Ei", "10E", "1e19", "1e999"])
def test_refuses_what_overflows(text: str) -> None:
    assert refusal(lambda: Quantity(text)) == (
        f'quantity is "{text}"; the most is {LARGEST}: Kubernetes keeps quantities as 64-bit integers'
    )


def test_is_equal_by_amount() -> None:
    assert Quantity("1Gi") == Quantity("1024Mi")
    assert hash(Quantity("1Gi")) == hash(Quantity("1024Mi"))
    assert Quantity("1G") != Quantity("1Gi")
    assert Quantity("1") != 1


def test_can_not_be_changed() -> None:
    with pytest.raises(AttributeError):
        Quantity("1Gi").amount = Fraction(1)  # pyright: ignore[reportAttributeAccessIssue]


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (Fraction(0), "0"),
        (Fraction(1), "1"),
        (Fraction(1024), "1Ki"),
        (Fraction(3 * 1024**3, 2), "1536Mi"),
        (Fraction(1, 2), "500m"),
        (Fraction(1, 10**6), "1u"),
        (Fraction(1, 3), "333333334n"),
        (Fraction(1, 10**12), "1n"),
    ],
)
def test_prints_an_amount(amount: Fraction, text: str) -> None:
    assert str(Quantity.of(amount)) == text


@pytest.mark.parametrize("amount", [Fraction(-1), Fraction(2**63)])
def test_refuses_an_amount_out_of_range(amount: Fraction) -> None:
    assert refusal(lambda: Quantity.of(amount)).startswith("quantity is ")


def test_calculates() -> None:
    assert Quantity("1Gi") + Quantity("512Mi") == Quantity("1536Mi")
    assert Quantity("2Gi") * 3 == Quantity("6Gi")
    assert Quantity("10Gi") * Fraction(6, 10) == Quantity("6Gi")
    assert Quantity("1536Mi").floor_to("Gi") == 1
    assert Quantity("1536Mi").floor_to("Mi") == 1536


@pytest.mark.parametrize("text", ["8Mi", "8388608", "128M", "1Gi"])
def test_accepts_a_size(text: str) -> None:
    assert byte_size(Quantity(text)) is None


@pytest.mark.parametrize("text", ["0", "4", "500m", "8388608.5", "8Ki", "8388607"])
def test_refuses_a_size_of_a_wrong_unit(text: str) -> None:
    assert byte_size(Quantity(text)) == (
        "it must be whole bytes, at least 8Mi: is the unit missing (Mi, Gi) or a wrong one (m)?"
    )


@pytest.mark.parametrize("text", ["1m", "0.5", "250m", "64"])
def test_accepts_a_share_of_cpu(text: str) -> None:
    assert cpu_share(Quantity(text)) is None


@pytest.mark.parametrize("text", ["0", "0m", "1u", "0.0005", "1500u"])
def test_refuses_a_share_of_cpu_that_can_not_be_counted(text: str) -> None:
    assert cpu_share(Quantity(text)) == "it must be more than zero, in steps of 1m: Kubernetes counts CPU no finer"


@reproducible
@given(own.quantity_texts())
def test_the_whole_grammar_is_accepted(text: str) -> None:
    accepted = attempt(lambda: Quantity(text))
    if isinstance(accepted, str):
        assert "the most is" in accepted
    else:
        assert KUBERNETES.match(str(accepted))
        assert 0 <= accepted.amount <= LARGEST


@reproducible
@given(own.quantity_texts())
def test_a_printed_amount_parses_to_itself(text: str) -> None:
    amount = attempt(lambda: Quantity(text).amount)
    printed = attempt(lambda: Quantity.of(Quantity(text).amount))
    if isinstance(amount, str) or isinstance(printed, str):
        assert "the most is" in str(printed)
        return
    assert printed == Quantity(str(printed))
    assert KUBERNETES.match(str(printed))
    if (amount / STEP).denominator == 1:
        assert printed.amount == amount
    else:
        assert amount < printed.amount < amount + STEP


@reproducible
@given(EXACT, EXACT)
def test_order_and_equality_are_those_of_the_exact_amounts(one: tuple[int, str], other: tuple[int, str]) -> None:
    (left, left_unit), (right, right_unit) = one, other
    left_amount, right_amount = left * own.UNITS[left_unit], right * own.UNITS[right_unit]
    if max(left_amount, right_amount) > LARGEST:
        return
    a, b = Quantity(f"{left}{left_unit}"), Quantity(f"{right}{right_unit}")
    assert (a < b, a <= b, a == b, a >= b, a > b) == (
        left_amount < right_amount,
        left_amount <= right_amount,
        left_amount == right_amount,
        left_amount >= right_amount,
        left_amount > right_amount,
    )
    assert a != b or hash(a) == hash(b)


@reproducible
@given(FOREIGN)
def test_any_text_is_read_or_refused(text: str) -> None:
    accepted = attempt(lambda: Quantity(text))
    if isinstance(accepted, str):
        assert accepted.startswith("quantity is ")
    else:
        assert KUBERNETES.fullmatch(text)
        assert str(accepted) == text
