"""The mistakes of tests, and their failure."""

from mlsdc.diagnostics import Rule

BAD_TEST = Rule(
    "SYN049",
    "bad-test",
    "A test that does not say what it means",
    page='`test "name" { ... }` holds `given` and `expect` lines and assertions: '
    "`given peak = 200/s`, `given environment = prod`, `given score { replicas = 2 }`, "
    "`expect LAT002 on authorise`, `expect no CAP001`, `expect nothing`, "
    "`expect no errors`, `assert ask.p99 <= 50ms`.",
)
TEST_FAILED = Rule(
    "TST001",
    "test-failed",
    "A test whose expectation is not met",
    page="`mlsdc test` puts a design into the circumstances that a test gives, and compares what "
    "is found with what the test expects.",
)

SCENARIO_RULES: tuple[Rule, ...] = (BAD_TEST, TEST_FAILED)
