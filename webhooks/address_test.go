package webhooks

import (
	"net/netip"
	"net/url"
	"testing"
	"time"
)

func TestOnlyPublicAddressesArePublic(t *testing.T) {
	for address, want := range map[string]bool{
		"93.184.216.34": true, "8.8.8.8": true, "2606:2800:220:1:248:1893:25c8:1946": true, "2a00:1450:4001:82a::200e": true,
		"64:ff9b::808:808": true, "::ffff:8.8.8.8": true, "172.32.0.1": true, "100.128.0.1": true, "192.0.1.1": true,

		"127.0.0.1": false, "127.255.255.254": false, "0.0.0.0": false, "0.1.2.3": false, "10.1.2.3": false,
		"172.16.0.1": false, "172.31.255.255": false, "192.168.1.1": false, "169.254.169.254": false, "100.64.0.1": false,
		"100.127.255.255": false, "192.0.0.8": false, "192.0.2.1": false, "198.18.0.1": false, "198.51.100.7": false,
		"203.0.113.9": false, "224.0.0.1": false, "239.255.255.250": false, "240.0.0.1": false, "255.255.255.255": false,
		"192.88.99.1": false,

		"::": false, "::1": false, "fe80::1": false, "fe80::1%eth0": false, "2606:2800:220:1::1%eth0": false, "fc00::1": false,
		"fd12:3456::1": false, "fec0::1": false, "ff02::1": false, "2001:db8::1": false, "3fff::1": false, "2001::1": false,
		"2002:7f00:1::": false, "::ffff:127.0.0.1": false, "::ffff:10.0.0.1": false, "::ffff:169.254.169.254": false,
		"64:ff9b::7f00:1": false, "64:ff9b::a9fe:a9fe": false, "64:ff9b:1::808:808": false, "::127.0.0.1": false,
		"100::1": false, "5f00::1": false, "4000::1": false,
	} {
		a, err := netip.ParseAddr(address)
		if err != nil {
			t.Fatal(err)
		}
		if got := public(a); got != want {
			t.Errorf("%s: public is %v, want %v", address, got, want)
		}
	}
	if public(netip.Addr{}) {
		t.Error("no address is public")
	}
}

func TestWhatAURLMayNotBe(t *testing.T) {
	for address, c := range map[string]struct {
		reach Reach
		ok    bool
	}{
		"https://example.com/x":                {Reach{}, true},
		"https://example.com:8443/x?y=z":       {Reach{}, true},
		"http://example.com/x":                 {Reach{HTTP: true}, true},
		"https://127.0.0.1/allowed":            {Reach{Private: true}, true},
		"https://[::1]/":                       {Reach{Private: true}, true},
		"http://example.com/":                  {Reach{}, false},
		"ftp://example.com/":                   {Reach{HTTP: true}, false},
		"file:///etc/passwd":                   {Reach{HTTP: true, Private: true}, false},
		"gopher://example.com/":                {Reach{HTTP: true}, false},
		"unix:///var/run/docker.sock":          {Reach{HTTP: true, Private: true}, false},
		"https:///path":                        {Reach{}, false},
		"https:example.com":                    {Reach{}, false},
		"//example.com":                        {Reach{}, false},
		"https://127.0.0.1/":                   {Reach{}, false},
		"https://[::ffff:127.0.0.1]/":          {Reach{}, false},
		"https://[64:ff9b::a9fe:a9fe]/":        {Reach{}, false},
		"https://169.254.169.254/latest/":      {Reach{}, false},
		"https://localhost/":                   {Reach{}, false},
		"https://LocalHost./":                  {Reach{}, false},
		"https://a.localhost/":                 {Reach{}, false},
		"https://user:pw@10.0.0.1/":            {Reach{}, false},
		"https://[fe80::1%25eth0]/":            {Reach{}, false},
		"https://example.com@192.168.0.1:443/": {Reach{}, false},
		"https://100.100.100.200/latest/meta/": {Reach{}, false},
		"https://[fd00:ec2::254]/latest/api/":  {Reach{}, false},
		"https://[0:0:0:0:0:ffff:a00:1]/":      {Reach{}, false},
		"https://[2002:7f00:0001::1]/":         {Reach{}, false},
		"https://[::ffff:0:0]/":                {Reach{}, false},
		"https://0.0.0.0/":                     {Reach{}, false},
		"https://255.255.255.255/":             {Reach{}, false},
		"https://224.0.0.251/":                 {Reach{}, false},
		"https://[ff02::fb]/":                  {Reach{}, false},
		"https://198.18.0.1/":                  {Reach{}, false},
		"javascript:alert(1)":                  {Reach{HTTP: true, Private: true}, false},
		"HTTPS://example.com/":                 {Reach{}, true},
		"data:application/json,{}":             {Reach{HTTP: true, Private: true}, false},
	} {
		u, err := url.Parse(address)
		if err != nil {
			if c.ok {
				t.Errorf("%s: %v", address, err)
			}
			continue
		}
		if err := c.reach.check(u); (err == nil) != c.ok {
			t.Errorf("%s with %+v: got %v, want allowed: %v", address, c.reach, err, c.ok)
		}
	}
}

func TestTheReachIsThatOfTheConfigurationOrOfMLflow(t *testing.T) {
	for name, c := range map[string]struct {
		said      Reach
		variables map[string]string
		want      Reach
	}{
		"nothing said":         {Reach{}, nil, Reach{}},
		"configured":           {Reach{HTTP: true}, nil, Reach{HTTP: true}},
		"MLflow's schemes":     {Reach{}, map[string]string{"MLFLOW_WEBHOOK_ALLOWED_SCHEMES": "https, http"}, Reach{HTTP: true}},
		"https alone":          {Reach{}, map[string]string{"MLFLOW_WEBHOOK_ALLOWED_SCHEMES": "https"}, Reach{}},
		"MLflow's private IPs": {Reach{}, map[string]string{"MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS": "True"}, Reach{Private: true}},
		"false":                {Reach{}, map[string]string{"MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS": "false"}, Reach{}},
	} {
		if got := ReachOf(c.said, func(v string) string { return c.variables[v] }); got != c.want {
			t.Errorf("%s: got %+v, want %+v", name, got, c.want)
		}
	}
}

func TestPatience(t *testing.T) {
	for name, c := range map[string]struct {
		timeout, retries string
		want             time.Duration
		tries            int
		wrong            bool
	}{
		"nothing said": {"", "", 0, 0, false},
		"both said":    {"5", " 7 ", 5 * time.Second, 8, false},
		"no retry":     {"", "0", 0, 1, false},
		"no time":      {"0", "", 0, 0, true},
		"too long":     {"3600", "", 0, 0, true},
		"no number":    {"", "many", 0, 0, true},
		"less than no": {"", "-1", 0, 0, true},
	} {
		variables := map[string]string{"MLFLOW_WEBHOOK_REQUEST_TIMEOUT": c.timeout, "MLFLOW_WEBHOOK_REQUEST_MAX_RETRIES": c.retries}
		timeout, tries, err := Patience(func(v string) string { return variables[v] })
		if timeout != c.want || tries != c.tries || (err != nil) != c.wrong {
			t.Errorf("%s: got %v, %d, %v", name, timeout, tries, err)
		}
	}
}
