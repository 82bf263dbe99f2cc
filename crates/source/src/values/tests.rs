//! Every plain type: what it takes, what it refuses and where, and that its schema says the same.
use super::*;
use crate::scalars::{Count, Name};
use crate::testing::check;

type Small = Count<1, 3>;

#[test]
fn texts() {
    check::<String>(&[
        ("''", Ok("\"\"")),
        ("'é'", Ok("\"é\"")),
        ("\"\\u0000\"", Ok("\"\\0\"")),
        ("5", Err(&[("PG0103", "")])),
        ("1979-05-27", Err(&[("PG0103", "")])),
        ("['x']", Err(&[("PG0103", "")])),
    ]);
}

#[test]
fn truth_values() {
    check::<bool>(&[
        ("true", Ok("true")),
        ("false", Ok("false")),
        ("'true'", Err(&[("PG0103", "")])),
        ("1", Err(&[("PG0103", "")])),
    ]);
}

#[test]
fn whole_numbers_are_whole_however_they_are_written() {
    check::<i64>(&[
        ("8080", Ok("8080")),
        ("8080.0", Ok("8080")),
        ("-0.0", Ok("0")),
        ("0xff", Ok("255")),
        ("9223372036854775807", Ok("9223372036854775807")),
        ("-9223372036854775808", Ok("-9223372036854775808")),
        ("9007199254740993", Ok("9007199254740993")),
        ("1e16", Ok("10000000000000000")),
        ("-9223372036854775808.0", Ok("-9223372036854775808")),
        ("9223372036854775808.0", Err(&[("PG0103", "")])),
        ("1e300", Err(&[("PG0103", "")])),
        ("0.5", Err(&[("PG0103", "")])),
        ("inf", Err(&[("PG0103", "")])),
        ("nan", Err(&[("PG0103", "")])),
        ("'5'", Err(&[("PG0103", "")])),
    ]);
}

#[test]
fn numbers_are_finite() {
    check::<f64>(&[
        ("0.5", Ok("0.5")),
        ("-3", Ok("-3.0")),
        ("1e300", Ok("1e300")),
        ("1e400", Err(&[("PG0103", "")])),
        ("-inf", Err(&[("PG0103", "")])),
        ("nan", Err(&[("PG0103", "")])),
        ("'0.5'", Err(&[("PG0103", "")])),
    ]);
}

#[test]
fn what_may_be_absent_reads_like_what_it_holds() {
    check::<Option<Small>>(&[
        ("2", Ok("Some(Count(2))")),
        ("4", Err(&[("PG0104", "")])),
        ("'2'", Err(&[("PG0103", "")])),
    ]);
}

#[test]
fn lists_find_every_fault_in_its_place() {
    check::<Vec<Small>>(&[
        ("[]", Ok("[]")),
        ("[3, 1, 3]", Ok("[Count(3), Count(1), Count(3)]")),
        ("[0, 1, 'x']", Err(&[("PG0104", "[0]"), ("PG0103", "[2]")])),
        ("1", Err(&[("PG0103", "")])),
        ("{}", Err(&[("PG0103", "")])),
    ]);
    check::<Vec<Vec<Small>>>(&[("[[1], [2, 9]]", Err(&[("PG0104", "[1][1]")]))]);
}

#[test]
fn sets_take_a_word_twice_and_keep_it_once() {
    check::<BTreeSet<Small>>(&[
        ("[]", Ok("{}")),
        ("[3, 1, 3]", Ok("{Count(1), Count(3)}")),
        ("[5]", Err(&[("PG0104", "[0]")])),
        ("1", Err(&[("PG0103", "")])),
    ]);
}

#[test]
fn one_or_more_takes_one_without_its_list() {
    check::<OneOrMore<Small>>(&[
        ("1", Ok("OneOrMore([Count(1)])")),
        ("[1, 2]", Ok("OneOrMore([Count(1), Count(2)])")),
        ("[]", Err(&[("PG0104", "")])),
        ("9", Err(&[("PG0104", "[0]")])),
        ("[1, 9]", Err(&[("PG0104", "[1]")])),
        ("{}", Err(&[("PG0103", "[0]")])),
    ]);
}

#[test]
fn tables_with_keys_of_the_user() {
    check::<BTreeMap<Name, Small>>(&[
        ("{}", Ok("{}")),
        ("{ b = 1, a = 2 }", Ok("{Name(\"a\"): Count(2), Name(\"b\"): Count(1)}")),
        ("{ B = 9, a = 9 }", Err(&[("PG0107", "B"), ("PG0104", "B"), ("PG0104", "a")])),
        ("{ \"\" = 1 }", Err(&[("PG0107", "\"\"")])),
        ("{ \"a\\n\" = 1 }", Err(&[("PG0107", "\"a\\n\"")])),
        ("[]", Err(&[("PG0103", "")])),
    ]);
    check::<BTreeMap<String, OneOrMore<Small>>>(&[
        (
            "{ \"\" = 1, \"a b\" = [2] }",
            Ok("{\"\": OneOrMore([Count(1)]), \"a b\": OneOrMore([Count(2)])}"),
        ),
        ("{ x = 'y' }", Err(&[("PG0103", "x[0]")])),
    ]);
}

/// Whether a section must hold a key of this type, and what stands for it where it is left out.
fn when_absent<T: Read + std::fmt::Debug>() -> (bool, String) {
    (T::REQUIRED, format!("{:?}", T::absent()))
}

#[test]
fn what_can_be_left_out_has_something_that_stands_for_it() {
    for (found, required, absent) in [
        (when_absent::<Option<bool>>(), false, "Some(None)"),
        (when_absent::<Vec<bool>>(), false, "Some([])"),
        (when_absent::<BTreeSet<bool>>(), false, "Some({})"),
        (when_absent::<BTreeMap<String, bool>>(), false, "Some({})"),
        (when_absent::<OneOrMore<bool>>(), true, "None"),
        (when_absent::<bool>(), true, "None"),
    ] {
        assert_eq!(found, (required, absent.to_owned()));
    }
}
