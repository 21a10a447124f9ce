package tables

import (
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/deprecated"
	"github.com/parquet-go/parquet-go/format"

	"benchside/artifacts/arrays"
)

// mostDecimal bounds the digits behind the point and the bytes of a decimal.
const mostDecimal = 128

// describe finds out how the values of a leaf read.
func (p *part) describe() error {
	e := p.element
	if e.Type.V == format.FixedLenByteArray && (e.TypeLength.V <= 0 || e.TypeLength.V > mostFixedBytes) {
		return fmt.Errorf("%w: values of %d bytes each", ErrDamaged, e.TypeLength.V)
	}
	p.stored = strings.ToLower(e.Type.V.String())
	if err := p.physical(); err != nil {
		return err
	}
	if e.LogicalType.Value != nil {
		p.stored = strings.ToLower(e.LogicalType.Value.String())
		return p.logical(e.LogicalType.Value)
	}
	if e.ConvertedType.Valid {
		if as := convertedType(e); as != nil {
			p.stored = strings.ToLower(as.String())
			return p.logical(as)
		}
	}
	return nil
}

func (p *part) physical() error {
	switch p.element.Type.V {
	case format.Boolean:
		p.kind, p.value = Bool, func(v parquet.Value) Value { return truth(v.Boolean()) }
	case format.Int32:
		p.kind, p.value = Integer, func(v parquet.Value) Value { return integer(int64(v.Int32())) }
	case format.Int64:
		p.kind, p.value = Integer, func(v parquet.Value) Value { return integer(v.Int64()) }
	case format.Int96:
		p.kind, p.value = Time, int96Value
	case format.Float:
		p.kind, p.value = Number, func(v parquet.Value) Value { return float(float64(v.Float()), 32) }
	case format.Double:
		p.kind, p.value = Number, func(v parquet.Value) Value { return float(v.Double(), 64) }
	case format.ByteArray, format.FixedLenByteArray:
		p.kind, p.value = Text, bytesValue
	default:
		return fmt.Errorf("%w: there is no physical type %d", ErrDamaged, p.element.Type.V)
	}
	return nil
}

// logical gives physical values their meaning. A meaning that does not go with
// the physical type is left out.
func (p *part) logical(as format.LogicalTypeValue) error {
	kind := p.element.Type.V
	binary := kind == format.ByteArray || kind == format.FixedLenByteArray
	whole := kind == format.Int32 || kind == format.Int64
	switch as := as.(type) {
	case *format.StringType, *format.EnumType:
		if binary {
			p.kind, p.value = Text, textValue
		}
	case *format.JsonType:
		if binary {
			p.kind, p.value = Nested, jsonValueOf
		}
	case *format.DecimalType:
		if as.Scale < 0 || as.Scale > mostDecimal || p.element.TypeLength.V > mostDecimal {
			return fmt.Errorf("%w: a decimal of scale %d", ErrDamaged, as.Scale)
		}
		if binary || whole {
			p.kind, p.value = Number, decimalValue(int(as.Scale))
		}
	case *format.DateType:
		if kind == format.Int32 {
			p.kind, p.value = Time, dateValue
		}
	case *format.TimeType:
		if whole {
			p.kind, p.value = Text, clockValue(unitOf(as.Unit))
		}
	case *format.TimestampType:
		if kind == format.Int64 {
			p.kind, p.value = Time, timestampValue(unitOf(as.Unit), as.IsAdjustedToUTC)
		}
	case *format.IntType:
		if whole && !as.IsSigned {
			p.value, p.unsigned = unsignedValue, true
		}
	case *format.UUIDType:
		if p.element.TypeLength.V == 16 {
			p.value = uuidValue
		}
	case *format.Float16Type:
		if p.element.TypeLength.V == 2 {
			p.kind, p.value = Number, halfValue
		}
	}
	return nil
}

// convertedType is the logical type that an older writer meant.
func convertedType(e *format.SchemaElement) format.LogicalTypeValue {
	millis := format.TimeUnit{Value: new(format.MilliSeconds)}
	micros := format.TimeUnit{Value: new(format.MicroSeconds)}
	switch e.ConvertedType.V {
	case deprecated.UTF8:
		return new(format.StringType)
	case deprecated.Enum:
		return new(format.EnumType)
	case deprecated.Json:
		return new(format.JsonType)
	case deprecated.Decimal:
		return &format.DecimalType{Scale: e.Scale.V, Precision: e.Precision.V}
	case deprecated.Date:
		return new(format.DateType)
	case deprecated.TimeMillis:
		return &format.TimeType{Unit: millis}
	case deprecated.TimeMicros:
		return &format.TimeType{Unit: micros}
	case deprecated.TimestampMillis:
		return &format.TimestampType{IsAdjustedToUTC: true, Unit: millis}
	case deprecated.TimestampMicros:
		return &format.TimestampType{IsAdjustedToUTC: true, Unit: micros}
	case deprecated.Uint8, deprecated.Uint16, deprecated.Uint32, deprecated.Uint64:
		return &format.IntType{BitWidth: 64}
	}
	return nil
}

// unitOf is the length of a unit.
func unitOf(u format.TimeUnit) time.Duration {
	switch u.Value.(type) {
	case *format.MilliSeconds:
		return time.Millisecond
	case *format.NanoSeconds:
		return time.Nanosecond
	}
	return time.Microsecond
}

func integer(x int64) Value {
	return Value{Text: strconv.FormatInt(x, 10), Number: float64(x), Kind: Finite}
}

func float(x float64, bits int) Value {
	return number(strconv.FormatFloat(x, 'g', -1, bits), x)
}

func unsignedValue(v parquet.Value) Value {
	x := v.Uint64()
	if v.Kind() == parquet.Int32 {
		x = uint64(v.Uint32())
	}
	return Value{Text: strconv.FormatUint(x, 10), Number: float64(x), Kind: Finite}
}

// cutBytes keeps the beginning of a text.
func cutBytes(b []byte) (kept []byte, whole int64) {
	if len(b) <= MostCellBytes {
		return b, 0
	}
	return b[:MostCellBytes], int64(len(b))
}

func textValue(v parquet.Value) Value {
	kept, whole := cutBytes(v.ByteArray())
	return Value{Text: string(kept), Whole: whole, Kind: Word}
}

func jsonValueOf(v parquet.Value) Value {
	made := textValue(v)
	made.Kind = Structure
	return made
}

// bytesValue shows bytes without a meaning as text if they are text.
func bytesValue(v parquet.Value) Value {
	b := v.ByteArray()
	if utf8.Valid(b) && !strings.ContainsFunc(string(b[:min(len(b), 64)]), func(r rune) bool { return r < ' ' && r != '\n' && r != '\t' }) {
		return textValue(v)
	}
	kept, whole := b, int64(0)
	if len(b) > MostCellBytes/2-1 {
		kept, whole = b[:MostCellBytes/2-1], int64(2+2*len(b))
	}
	return Value{Text: "0x" + hex.EncodeToString(kept), Whole: whole, Kind: Word}
}

func uuidValue(v parquet.Value) Value {
	h := hex.EncodeToString(v.ByteArray())
	return Value{Text: h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:], Kind: Word}
}

func decimalValue(scale int) func(parquet.Value) Value {
	return func(v parquet.Value) Value {
		unscaled := new(big.Int)
		switch v.Kind() {
		case parquet.Int32:
			unscaled.SetInt64(int64(v.Int32()))
		case parquet.Int64:
			unscaled.SetInt64(v.Int64())
		default:
			b := v.ByteArray()
			if len(b) > mostDecimal {
				return bytesValue(v)
			}
			unscaled.SetBytes(b)
			if len(b) > 0 && b[0] >= 0x80 { // two's complement
				unscaled.Sub(unscaled, new(big.Int).Lsh(big.NewInt(1), uint(8*len(b))))
			}
		}
		sign, text := "", unscaled.String()
		if unscaled.Sign() < 0 {
			sign, text = "-", text[1:]
		}
		if len(text) <= scale {
			text = strings.Repeat("0", scale+1-len(text)) + text
		}
		if scale > 0 {
			text = text[:len(text)-scale] + "." + text[len(text)-scale:]
		}
		text = sign + text
		x, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return Value{Text: text, Kind: Word}
		}
		return number(text, x)
	}
}

func instant(t time.Time, layout string) Value {
	return Value{Text: t.Format(layout), Number: seconds(t), Kind: Instant}
}

func dateValue(v parquet.Value) Value {
	return instant(time.Unix(int64(v.Int32())*86400, 0).UTC(), time.DateOnly)
}

func timestampValue(unit time.Duration, zoned bool) func(parquet.Value) Value {
	layout := "2006-01-02 15:04:05.999999999"
	if zoned {
		layout += "Z07:00"
	}
	per := int64(time.Second / unit)
	return func(v parquet.Value) Value {
		x := v.Int64()
		return instant(time.Unix(x/per, x%per*int64(unit)).UTC(), layout)
	}
}

// int96Value is the timestamp of Impala and old Spark: nanoseconds of the day,
// then the Julian day.
func int96Value(v parquet.Value) Value {
	x := v.Int96()
	nanos := int64(uint64(x[0]) | uint64(x[1])<<32)
	const epoch = 2440588 // the Julian day of 1970-01-01
	return instant(time.Unix((int64(x[2])-epoch)*86400, nanos).UTC(), "2006-01-02 15:04:05.999999999")
}

func clockValue(unit time.Duration) func(parquet.Value) Value {
	return func(v parquet.Value) Value {
		x := v.Int64()
		if v.Kind() == parquet.Int32 {
			x = int64(v.Int32())
		}
		if x < 0 || x > int64(24*time.Hour/unit) {
			return integer(x)
		}
		return Value{Text: time.Unix(0, x*int64(unit)).UTC().Format("15:04:05.999999999"), Kind: Word}
	}
}

// halfValue reads IEEE 754 binary16.
func halfValue(v parquet.Value) Value {
	return float(arrays.Half(binary.LittleEndian.Uint16(v.ByteArray())), 32)
}

// jsonOf writes a value inside of a structure.
func jsonOf(b []byte, v Value) []byte {
	switch v.Kind {
	case Missing:
		return append(b, "null"...)
	case Word, Instant:
		quoted, err := json.Marshal(v.Text)
		if err != nil {
			return append(b, "null"...)
		}
		return append(b, quoted...)
	}
	return append(b, v.Text...)
}
