package texts

import (
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
)

// HexRow is 16 bytes of a file.
type HexRow struct {
	Offset int64
	Hex    string // "80 04 95 …", always as wide
	Text   string // what of it is ASCII, "·" for the rest
}

const (
	perRow     = 16
	mostHexRow = 4096
)

// Hex returns at most so many rows of 16 bytes from an offset on.
func Hex(ctx context.Context, file io.ReaderAt, size, offset int64, rows int) ([]HexRow, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("read bytes: %w", err)
	}
	offset = max(offset, 0) / perRow * perRow
	n := min(int64(min(max(rows, 0), mostHexRow))*perRow, max(size-offset, 0))
	buf := make([]byte, n)
	if _, err := readAt(file, buf, offset); err != nil {
		return nil, err
	}
	var out []HexRow
	for at := 0; at < len(buf); at += perRow {
		out = append(out, hexRow(offset+int64(at), buf[at:min(at+perRow, len(buf))]))
	}
	return out, nil
}

func hexRow(offset int64, of []byte) HexRow {
	var digits, text strings.Builder
	for i := range perRow {
		if i == perRow/2 {
			digits.WriteByte(' ')
		}
		if i >= len(of) {
			digits.WriteString("   ")
			continue
		}
		digits.WriteString(hex.EncodeToString(of[i : i+1]))
		digits.WriteByte(' ')
		if of[i] >= 0x20 && of[i] < 0x7f {
			text.WriteByte(of[i])
		} else {
			text.WriteRune('·')
		}
	}
	return HexRow{Offset: offset, Hex: digits.String()[:perRow*3], Text: text.String()}
}

// PickleProtocol returns the protocol of a pickle by its first bytes: 0 and 1 do
// not name it, and 0 stands for both. Pickles are never loaded, since loading
// one runs what is in it.
func PickleProtocol(head []byte) int {
	const newest = 5
	if len(head) >= 2 && head[0] == 0x80 && head[1] >= 2 && head[1] <= newest {
		return int(head[1])
	}
	return 0
}
