package arrays

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"math/cmplx"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// notATime is how NumPy writes a missing time.
const notATime = "NaT"

// item is how an element lies in a file.
type item struct {
	name  string
	order string
	size  int64
	text  bool
	value func([]byte) Value
}

// itemOf reads a type as NumPy writes it: "<f8".
func itemOf(descr string) (item, error) {
	if len(descr) < 2 {
		return item{}, fmt.Errorf("%w: the type %q", ErrDamaged, descr)
	}
	i := item{}
	order := binary.ByteOrder(binary.LittleEndian)
	switch descr[0] {
	case '<':
		i.order = "little"
	case '>':
		i.order, order = "big", binary.BigEndian
	case '|', '=':
	default:
		descr = "|" + descr
	}
	kind, rest := descr[1], descr[2:]
	if kind == 'O' {
		return item{}, ErrPickle
	}
	unit := ""
	if kind == 'M' || kind == 'm' {
		rest, unit, _ = strings.Cut(strings.TrimSuffix(rest, "]"), "[")
	}
	n, err := strconv.ParseInt(rest, 10, 32)
	if err != nil || n < 0 || n > mostItem {
		return item{}, fmt.Errorf("%w: the type %q", ErrDamaged, descr)
	}
	if i.size = n; n == 1 {
		i.order = ""
	}
	switch kind {
	case 'S', 'a', 'U':
		i.texts(kind, n, order)
	case 'M', 'm':
		i.times(kind, n, unit, order)
	default:
		i.numbers(kind, n, order)
	}
	if i.value == nil {
		return item{}, fmt.Errorf("%w: %q", ErrUnread, descr)
	}
	return i, nil
}

func (i *item) texts(kind byte, n int64, order binary.ByteOrder) {
	i.text = true
	if kind != 'U' {
		i.name, i.order = fmt.Sprintf("bytes%d", n), ""
		i.value = func(b []byte) Value { return Value{cut(string(bytes.TrimRight(b, "\x00"))), math.NaN()} }
		return
	}
	if n > mostItem/4 {
		return
	}
	i.name, i.size = fmt.Sprintf("str%d", n), 4*n
	i.value = func(b []byte) Value {
		var out strings.Builder
		for ; len(b) >= 4; b = b[4:] {
			r := rune(order.Uint32(b))
			if r < 0 || r > utf8.MaxRune {
				r = utf8.RuneError
			}
			out.WriteRune(r)
		}
		return Value{cut(strings.TrimRight(out.String(), "\x00")), math.NaN()}
	}
}

func cut(s string) string {
	if len(s) <= mostTextBytes {
		return s
	}
	return strings.ToValidUTF8(s[:mostTextBytes], "") + "…"
}

func (i *item) numbers(kind byte, n int64, order binary.ByteOrder) {
	whole := func(b []byte) uint64 {
		switch len(b) {
		case 1:
			return uint64(b[0])
		case 2:
			return uint64(order.Uint16(b))
		case 4:
			return uint64(order.Uint32(b))
		}
		return order.Uint64(b)
	}
	sized := n == 1 || n == 2 || n == 4 || n == 8
	switch {
	case kind == 'b' && n == 1:
		i.name, i.value = "bool", func(b []byte) Value {
			if b[0] != 0 {
				return Value{"true", 1}
			}
			return Value{"false", 0}
		}
	case kind == 'i' && sized:
		i.name, i.value = fmt.Sprintf("int%d", 8*n), func(b []byte) Value {
			shift := 64 - 8*n
			x := int64(whole(b)<<shift) >> shift
			return Value{strconv.FormatInt(x, 10), float64(x)}
		}
	case kind == 'u' && sized:
		i.name, i.value = fmt.Sprintf("uint%d", 8*n), func(b []byte) Value {
			x := whole(b)
			return Value{strconv.FormatUint(x, 10), float64(x)}
		}
	case kind == 'f' && sized && n > 1:
		i.name, i.value = fmt.Sprintf("float%d", 8*n), func(b []byte) Value {
			x, bits := floatOf(whole(b), n)
			return Value{strconv.FormatFloat(x, 'g', -1, bits), x}
		}
	case kind == 'c' && (n == 8 || n == 16):
		i.name, i.value = fmt.Sprintf("complex%d", 8*n), func(b []byte) Value {
			re, bits := floatOf(whole(b[:n/2]), n/2)
			im, _ := floatOf(whole(b[n/2:]), n/2)
			text := strconv.FormatFloat(re, 'g', -1, bits)
			imaginary := strconv.FormatFloat(im, 'g', -1, bits)
			if imaginary[0] != '-' && imaginary[0] != '+' {
				imaginary = "+" + imaginary
			}
			return Value{text + imaginary + "j", cmplx.Abs(complex(re, im))}
		}
	}
}

// floatOf is the number that the bits of an IEEE 754 float of n bytes stand for.
func floatOf(bits uint64, n int64) (x float64, precision int) {
	switch n {
	case 2:
		return Half(uint16(bits)), 32
	case 4:
		return float64(math.Float32frombits(uint32(bits))), 32
	}
	return math.Float64frombits(bits), 64
}

// Half is the number that 16 bits stand for in IEEE 754 binary16.
func Half(bits uint16) float64 {
	sign := 1.0
	if bits&0x8000 != 0 {
		sign = -1
	}
	exponent, fraction := int(bits>>10&31), float64(bits&1023)
	switch exponent {
	case 0:
		return sign * math.Ldexp(fraction, -24)
	case 31:
		if fraction != 0 {
			return math.NaN()
		}
		return math.Inf(int(sign))
	}
	return sign * math.Ldexp(1024+fraction, exponent-25)
}

// units are the lengths of NumPy's times that do not depend on a calendar.
var units = map[string]time.Duration{
	"W": 7 * 24 * time.Hour, "D": 24 * time.Hour, "h": time.Hour, "m": time.Minute, "s": time.Second,
	"ms": time.Millisecond, "us": time.Microsecond, "ns": time.Nanosecond,
}

// times reads datetime64, whose Number is seconds since 1970, and timedelta64,
// whose Number is counted in its unit.
func (i *item) times(kind byte, n int64, unit string, order binary.ByteOrder) {
	length, known := units[unit]
	if n != 8 {
		return
	}
	i.name = "timedelta64[" + unit + "]"
	if kind == 'M' {
		i.name = "datetime64[" + unit + "]"
	}
	i.value = func(b []byte) Value {
		x := int64(order.Uint64(b))
		switch {
		case x == math.MinInt64:
			return Value{notATime, math.NaN()}
		case kind == 'm' || !known:
			return Value{strconv.FormatInt(x, 10) + " " + unit, float64(x)}
		}
		seconds, rest := x, int64(0)
		if length >= time.Second {
			step := int64(length / time.Second)
			if seconds = x * step; seconds/step != x {
				return Value{strconv.FormatInt(x, 10) + " " + unit, float64(x) * length.Seconds()}
			}
		} else {
			per := int64(time.Second / length)
			seconds, rest = x/per, x%per*int64(length)
		}
		t := time.Unix(seconds, rest).UTC()
		return Value{t.Format("2006-01-02T15:04:05.999999999"), float64(seconds) + float64(rest)/1e9}
	}
}
