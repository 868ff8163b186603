"""Scalars as people and tools write them, and as nobody should: each is tried as a value and as a key."""

_SWITCHES = """
y Y yes Yes YES yEs n N no No NO nO on On ON oN off Off OFF oFF true True TRUE tRUE false False FALSE t f T F null
Null NULL nULL ~ ~~ none None nil undefined
"""
_WHOLE = """
0 1 -1 +1 -0 +0 00 007 07 010 0128 08 09 -08 +08 -010 0010 01 1_000 1__0 1_ -1_000 +1_000 0_7 0_8 _1 1_a
12345678901234567890 9223372036854775807 9223372036854775808 -9223372036854775808 -9223372036854775809
18446744073709551615 18446744073709551616 -18446744073709551615 99999999999999999999 123456789012345678901234567890
9007199254740993 4294967296 0777777777777777777777 01777777777777777777777 02777777777777777777777 0o22 0o14 0o7 0o8
0o -0o7 +0o7 0O7 0o_7 0o1_7 0x1F 0x1f 0xg 0x -0x1F +0x1F 0X1F 0x_1 0x1_F 0xFFFFFFFFFFFFFFFF 0xFFFFFFFFFFFFFFFFF
0x7fffffffffffffff 0xDEADBEEF 0b11 0b -0b11 +0b11 0B11 0b2 0b_1 0b1_1 0b-1 0b+1 -0b-1 -0b1_1 0b102 00b1 0b0 -0b0
0b1111111111111111111111111111111111111111111111111111111111111111
0b11111111111111111111111111111111111111111111111111111111111111111
"""
_FRACTIONS = """
1.0 1.5 -1.5 +1.5 .5 -.5 +.5 5. -5. +5. 0.1 0.10 1.10 1.20 00.5 01.5 -0.0 0.0 1.2.3 1.2. .. . .a ._5 1._5 1_0.5 .5_0
1.5_5 1,5 1,000 1e3 1E3 1e+3 1e-3 1e-7 1E-7 1e0 0e0 7e10 1234e56 12e03 1e999 -1e999 1e-999 1e21 1e20 1e22 123456789e15
1.5e3 .5e3 5.e3 .e3 1e 1e+ 1e- e1 e5 1e5e5 1e1.5 -1e3 +1e3 1_0e3 1e1_0 .5e999 -.5e999 9e18 9.3e18
9223372036854775807.0 1e15 1e16 1.0e7 123e2 0e12 00e12 0x1p4 0x1.8p3 0x1e3 4.9e-324 1.7976931348623157e308
1.7976931348623159e308 0.1e1 3.14159265358979323846 100000000000000000000.5 16777217.0 1.00000001 .inf .Inf .INF .iNF
+.inf -.inf +.Inf -.INF .nan .NaN .NAN .nAN -.nan +.nan inf Inf -inf nan NaN Infinity -Infinity +Infinity infinity
"""
_TIMES = """
22:30 1:20 1:20:30 1:2:3 190:20:30 -1:20 +1:20 0:0 00:00 01:30 08:30 1:60 20:30.15 190:20:30.15 12:30:45.5 1:0 2:00:00
2001-01-01 2001-1-1 2001-13-01 2001-02-30 2001-12-14t21:59:43.10-05:00 2001-12-14T21:59:43Z 2001-12-15T02:59:43.1Z
2001-12-14 2001-1-1T1:1:1Z 20010101 2001-01 2001 0001-01-01 2001-01-01T 2026-11-28T21:00:00+05:30 12-12-2012
2001-12-14T21:59 2012-12
"""
_MARKS = """
= == =a << <<< <<a ? ?a - -a -- --- - : :a a: a:b a::b ! !a !! !!str !!null !!str! * & % %a @ ` # a#b | > >- |+ , []
{} [a] {a:} {a} '' "" "a" 'a' "1" '1' "y" 'null' "" "\\x41" "\\u00e9" "\\/" "a\\tb" 'it''s' "\\e" 1a 1-1 1/2
10.0.0.0/8 10.0.0.1 1.2.3.4 250m 4Gi 100Mi 25% 0.5Gi 1k 1K 5s 1h30m 1d + ++ +- +a -_1 +_1 ._ _ __ 0_ -0_ 0a 00a 0b1a
v1 v1.2 1.34 1.30 3.9.0 abc123 123abc 1e3a 1234567e 0e 5e3f2a1 12e4567 6e10b 1234e5 4e12345 00e1 0e0e 1d5 1f 1l 0d9
1.e 1.e1 é 日本 🙂  ñ=1 ½ ١٢ ¹
"""
_TAGGED = """
!!str 1
!!str y
!!str null
!!str
!!str ~
!!str 0o7
!!int 1
!!int "1"
!!int 0o7
!!int 1.5
!!int 1.0
!!int x
!!int ''
!!int 08
!!int 1e3
!!float 1
!!float 1.5
!!float "1.5"
!!float y
!!float 18446744073709551615
!!float .inf
!!float 010
!!bool y
!!bool "no"
!!bool x
!!bool 1
!!null ''
!!null ~
!!null null
!!null x
!!null 0
!!timestamp 2001-01-01
!!timestamp x
!!timestamp "2001-01-01"
!!binary aGVsbG8=
!!binary MTIz
!!binary "*"
!!binary aGVsbG8
!!binary ""
!!binary /w==
!!merge x
!!value =
!!set x
!!omap x
!Ref x
!Ref 12
!vault y
!<tag:yaml.org,2002:str> 1
!<tag:yaml.org,2002:int> "7"
! 12
! y
! ''
!local 0o7
!!python/none x
!!js/undefined ''
!e!x 1
"""
_ODD = [
    "",
    "a b",
    "a  b",
    "1 2",
    "1 # 2",
    "yes # it is",
    "a: b",
    "[1, y, ~]",
    "[0o7, 08, 1e3]",
    "{a: 1, b: n}",
    "{1: a, y: b}",
    "[a, [b, {c: d}]]",
    "2001-12-14 21:59:43.10 -5",
    "2001-12-14 21:59:43",
    "2001-12-14 21:59:43.10",
    "2001-12-14T21:59:43.10 -05:00",
    '"a\\',
    "'a",
    "[a",
    "{a",
    "a]",
    "\ta",
    "a\tb",
    "&x 1",
    "&x y",
    "*x",
    "\u00a01",
    "1\u00a0",
    "a\u2028b",
    "a\u0085b",
    "\ufeffa",
    "\ufeff1",
    "a\x7fb",
    "'a\u0000b'",
    '"\\0"',
    '"\\ud83d\\ude42"',
    '"\\uD800"',
    '"\\U0001F642"',
    "!!str [a]",
    "!!int {a: 1}",
    "!Sub [a, 1]",
    "!!seq {a: 1}",
    "!!map [a]",
    "!!str &x 5",
    "&x !!str 5",
    "9" * 400,
    "0." + "1" * 50,
    "1" + "0" * 308,
    "1" + "0" * 309,
]


def scalars() -> list[str]:
    """Every scalar once, in its order."""
    words = " ".join([_SWITCHES, _WHOLE, _FRACTIONS, _TIMES, _MARKS]).split()
    return list(dict.fromkeys([*words, *_TAGGED.strip().splitlines(), *_ODD]))
