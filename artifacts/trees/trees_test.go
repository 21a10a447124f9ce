package trees

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

const zoo = "../../testdata/lab/mlruns/4/38096efa07f84cef93a359b6a886ea40/artifacts/"

// drawn writes a tree on one line.
func drawn(t *Tree) string {
	var b strings.Builder
	for i, n := range t.Nodes {
		if i > 0 {
			b.WriteString(" ")
		}
		again := ""
		if n.Again {
			again = "!"
		}
		switch n.Type {
		case Object, Array:
			fmt.Fprintf(&b, "%d%s:%s#%d%s", n.Depth, n.Key, n.Type, n.Children, again)
		default:
			fmt.Fprintf(&b, "%d%s:%s=%s%s", n.Depth, n.Key, n.Type, n.Text, again)
		}
	}
	return b.String()
}

func TestDocumentsAsTrees(t *testing.T) {
	for name, c := range map[string]struct {
		format     Format
		text, want string
	}{
		"JSON":                      {JSON, `{"a": 1, "b": [true, null, "x"]}`, "0:object#2 1a:number=1 1b:array#3 2:bool=true 2:null=null 2:string=x"},
		"numbers as written":        {JSON, `[1e400, 0.10, 12345678901234567890, -0]`, "0:array#4 1:number=1e400 1:number=0.10 1:number=12345678901234567890 1:number=-0"},
		"what Python writes":        {JSON, `[NaN, Infinity, -Infinity]`, "0:array#3 1:number=NaN 1:number=Infinity 1:number=-Infinity"},
		"a key twice":               {JSON, `{"a": 1, "a": 2}`, "0:object#2 1a:number=1 1a:number=2!"},
		"escapes":                   {JSON, `"\u00fc\n\ud83d\ude00"`, "0:string=ü\n😀"},
		"a mark of the byte order":  {JSON, "\ufeff[]", "0:array#0"},
		"lines of JSON":             {JSONL, "{\"a\":1}\n\n[2]\n", "0:array#2 1:object#1 2a:number=1 1:array#1 2:number=2"},
		"YAML":                      {YAML, "a: 1\nb:\n  - true\n  - ~\n  - x\n", "0:object#2 1a:number=1 1b:array#3 2:bool=true 2:null=~ 2:string=x"},
		"YAML's numbers as written": {YAML, "- 0x1F\n- 1_000\n- 1.50\n- .inf\n- .nan\n", "0:array#5 1:number=0x1F 1:number=1_000 1:number=1.50 1:number=.inf 1:number=.nan"},
		"a key of YAML twice":       {YAML, "a: 1\na: 2\n", "0:object#2 1a:number=1 1a:number=2!"},
		"an alias is not expanded":  {YAML, "a: &x [1]\nb: *x\n", "0:object#2 1a:array#1 2:number=1 1b:other=*x"},
		"a block of text":           {YAML, "a: |\n  x\n  y\n", "0:object#1 1a:string=x\ny\n"},
		"several documents":         {YAML, "a: 1\n---\nb: 2\n", "0:array#2 1:object#1 2a:number=1 1:object#1 2b:number=2"},
		"no value":                  {YAML, "a:\n", "0:object#1 1a:null=null"},
		"TOML in the order of its text": {
			TOML, "z = 1\na = 'x'\n[t]\nb = [1, 2.0]\nc = 2026-01-02\n[[l]]\nx = true\n",
			"0:object#4 1z:number=1 1a:string=x 1t:object#2 2b:array#2 3:number=1 3:number=2.0 2c:other=2026-01-02 1l:array#1 2:object#1 3x:bool=true",
		},
		"TOML's odd numbers": {TOML, "a = [inf, nan, 1e300]\n", "0:object#1 1a:array#3 2:number=inf 2:number=nan 2:number=1e+300"},
	} {
		tree, err := Parse(t.Context(), c.format, []byte(c.text))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := drawn(tree); got != c.want {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got, c.want)
		}
	}
}

func TestWhatIsNoDocument(t *testing.T) {
	deep := strings.Repeat("[", 100_000)
	for name, c := range map[string]struct {
		format Format
		text   string
		want   error
		says   string
	}{
		"nothing":                    {JSON, "", ErrSyntax, "line 1"},
		"the end is missing":         {JSON, "{\n \"a\": [1,", ErrSyntax, "line 2, byte 10"},
		"a comma too many":           {JSON, "[1,]", ErrSyntax, "byte 4"},
		"more behind the end":        {JSON, "{} {}", ErrSyntax, "behind"},
		"a number of another kind":   {JSON, "[01]", ErrSyntax, "no value"},
		"a string without end":       {JSON, `["a`, ErrSyntax, "no end"},
		"JSON that is too deep":      {JSON, deep, ErrBounds, "deeper"},
		"JSON that is too big":       {JSON, strings.Repeat(" ", mostBytes+1), ErrBounds, "bytes"},
		"JSON of too many values":    {JSON, "[" + strings.Repeat("1,", mostNodes) + "1]", ErrBounds, "values"},
		"YAML that is none":          {YAML, "a: [1\nb: }", ErrSyntax, ""},
		"YAML that is too deep":      {YAML, deep, ErrBounds, "deeper"},
		"YAML of nested items":       {YAML, strings.Repeat("- ", 100_000), ErrBounds, "deeper"},
		"TOML that is none":          {TOML, "a = 1\na = 2\n", ErrSyntax, "line 2"},
		"TOML that is too deep":      {TOML, "a = " + deep, ErrBounds, "deeper"},
		"TOML of too many dots":      {TOML, strings.Repeat("a.", 4000) + "a = 1", ErrBounds, "deeper"},
		"TOML of far too many dots":  {TOML, strings.Repeat("a.", 400_000) + "a = 1", ErrBounds, "deeper"},
		"lines that are no JSON":     {JSONL, "{}\nnope\n", ErrSyntax, "value 2"},
		"the lab's broken document":  {JSON, "{not json", ErrSyntax, "line 1, byte 2"},
		"a control within a string":  {JSON, "\"a\nb\"", ErrSyntax, "control"},
		"an escape that there isn't": {JSON, `"\x"`, ErrSyntax, "escape"},
	} {
		start := time.Now()
		_, err := Parse(t.Context(), c.format, []byte(c.text))
		if !errors.Is(err, c.want) || !strings.Contains(fmt.Sprint(err), c.says) {
			t.Errorf("%s: got %v, want %v that says %q", name, err, c.want, c.says)
		}
		if took := time.Since(start); took > time.Minute {
			t.Errorf("%s took %v", name, took)
		}
	}
}

// TestAnAliasBombStaysSmall reads what would be 9^9 values if it were expanded.
func TestAnAliasBombStaysSmall(t *testing.T) {
	var b strings.Builder
	b.WriteString("a0: &a0 [x]\n")
	for i := 1; i < 10; i++ {
		fmt.Fprintf(&b, "a%d: &a%d [%s*a%d]\n", i, i, strings.Repeat(fmt.Sprintf("*a%d,", i-1), 8), i-1)
	}
	tree, err := Parse(t.Context(), YAML, []byte(b.String()))
	if err != nil || len(tree.Nodes) != 1+2+9*10 {
		t.Errorf("got %v, %v", tree, err)
	}
}

func TestPathsAndFolds(t *testing.T) {
	tree, err := Parse(t.Context(), JSON, []byte(`{"a":{"b":[1,{"odd key":2}]},"c":3}`))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for i := range tree.Nodes {
		got = append(got, tree.Path(i))
	}
	if want := `|a|a.b|a.b[0]|a.b[1]|a.b[1]["odd key"]|c`; strings.Join(got, "|") != want {
		t.Errorf("got %s, want %s", strings.Join(got, "|"), want)
	}
	if got := fmt.Sprint(tree.Visible(func(i int) bool { return tree.Nodes[i].Key == "b" })); got != "[0 1 2 6]" {
		t.Errorf("got %s, want all but what is in b", got)
	}
}

func TestTheLabsDocuments(t *testing.T) {
	want := "0:object#2 1a:number=1 1nested:object#2 2list:array#4 3:number=1 3:number=2.5 3:null=null 3:bool=true 2ünï:string=ok"
	for name, format := range map[string]Format{"config/config.json": JSON, "config/config.yaml": YAML} {
		content, err := os.ReadFile(zoo + name)
		if err != nil {
			t.Fatal(err)
		}
		tree, err := Parse(t.Context(), format, content)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if got := drawn(tree); got != want {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got, want)
		}
	}
}

func TestReadingATreeCanBeCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for format := range formats {
		if _, err := Parse(ctx, Format(format), []byte("[1]")); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: got %v", Format(format), err)
		}
	}
}

func TestBigDocuments(t *testing.T) {
	var json, yaml, toml strings.Builder
	json.WriteString("[0")
	for i := range 100_000 {
		fmt.Fprintf(&json, ",{\"key\":%d}", i)
	}
	json.WriteString("]")
	for i := range 20_000 {
		fmt.Fprintf(&yaml, "k%d:\n  - a: %d\n    b: text\n", i, i)
		fmt.Fprintf(&toml, "[t%d]\na = %d\n", i, i)
	}
	for format, text := range map[Format]string{JSON: json.String(), YAML: yaml.String(), TOML: toml.String()} {
		start := time.Now()
		tree, err := Parse(t.Context(), format, []byte(text))
		if err != nil {
			t.Errorf("%s: %v", format, err)
			continue
		}
		t.Logf("%s: %d bytes, %d nodes in %v", format, len(text), len(tree.Nodes), time.Since(start))
	}
}

func FuzzTree(f *testing.F) {
	for _, name := range []string{"config/config.json", "config/config.yaml", "config/broken.json"} {
		content, err := os.ReadFile(zoo + name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(0, content)
		f.Add(2, content)
	}
	f.Add(1, []byte("{\"a\":1}\n[NaN]\n"))
	f.Add(2, []byte("? a\n: &x !!str b\nc: *x\n<<: *x\nd: |\n x\n---\n- - 1\n"))
	f.Add(3, []byte("a.b = 1\n[t]\nx = {y = [1, 2.5, 2026-01-02]}\n[[l]]\n"))
	f.Fuzz(func(t *testing.T, format int, data []byte) {
		tree, err := Parse(t.Context(), Format(uint(format)%4), data)
		if err != nil {
			if !errors.Is(err, ErrSyntax) && !errors.Is(err, ErrBounds) {
				t.Errorf("an error of no kind: %v", err)
			}
			return
		}
		if !json.Valid(tree.JSON(0)) {
			t.Errorf("no JSON: %q", tree.JSON(0))
		}
		for i, n := range tree.Nodes {
			kids := 0
			tree.Kids(i, func(k int) {
				if tree.Nodes[k].Parent != i || tree.Nodes[k].Index != kids {
					t.Errorf("node %d is the child %d of %d, not %d of %d", k, tree.Nodes[k].Index, tree.Nodes[k].Parent, kids, i)
				}
				kids++
			})
			if kids != n.Children || n.End <= i || n.End > len(tree.Nodes) {
				t.Errorf("node %d: %+v has %d children", i, n, kids)
			}
			if i < 50 {
				_ = tree.Path(i)
			}
		}
	})
}

func TestANodeAsJSONKeepsItsType(t *testing.T) {
	for name, c := range map[string]struct {
		format     Format
		text, want string
	}{
		"of JSON":            {JSON, `{"a":[1,2.50,1e400,null,true,"x"],"b":{}}`, `{"a":[1,2.50,1e400,null,true,"x"],"b":{}}`},
		"no numbers of JSON": {JSON, `[NaN,-Infinity]`, `["NaN","-Infinity"]`},
		"a key twice":        {JSON, `{"a":1,"b":2,"a":3}`, `{"b":2,"a":3}`},
		"texts":              {JSON, `["\u001b<&>\"\\"]`, `["\u001b<&>\"\\"]`},
		"of YAML":            {YAML, "a: 1\nb: ~\nc:\nd: [yes, True, x, '1']\ne: {f: .5}\n", `{"a":1,"b":null,"c":null,"d":["yes",true,"x","1"],"e":{"f":0.5}}`},
		"numbers of YAML":    {YAML, "[0x1F, 0o17, 1_000, +3, 017, .inf, -.inf, .nan]", `[31,15,1000,3,15,"Infinity","-Infinity","NaN"]`},
		"an alias":           {YAML, "a: &x 1\nb: *x\n", `{"a":1,"b":"*x"}`},
		"of TOML":            {TOML, "a = 2026-01-02T03:04:05Z\na1 = 2026-01-02\na2 = 2026-01-02T03:04:05\na3 = 03:04:05.5\nb = nan\nc = 0x10\n[d]\ne = [1.5, 'x']\n", `{"a":"2026-01-02T03:04:05Z","a1":"2026-01-02","a2":"2026-01-02T03:04:05","a3":"03:04:05.5","b":"NaN","c":16,"d":{"e":[1.5,"x"]}}`},
	} {
		tree, err := Parse(t.Context(), c.format, []byte(c.text))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := tree.JSON(0); string(got) != c.want || !json.Valid(got) {
			t.Errorf("%s: got %s, want %s", name, got, c.want)
		}
	}
}
