package webhooks

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Reach says where requests may go; the zero value is https to public addresses.
type Reach struct {
	HTTP    bool
	Private bool
}

// special are blocks of addresses that are not of the public internet, after
// IANA's registries of special-purpose addresses, with those of multicast.
var special = prefixes(
	"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
	"192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
	"224.0.0.0/4", "240.0.0.0/4",
	"2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", // Teredo and others, documentation, 6to4
)

var (
	global = netip.MustParsePrefix("2000::/3") // all that is handed out of IPv6
	nat64  = netip.MustParsePrefix("64:ff9b::/96")
)

func prefixes(all ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(all))
	for i, p := range all {
		out[i] = netip.MustParsePrefix(p)
	}
	return out
}

// public reports whether an address is one of the public internet, seen through
// what maps IPv4 into IPv6.
func public(a netip.Addr) bool {
	a = a.Unmap()
	if nat64.Contains(a) {
		b := a.As16()
		a = netip.AddrFrom4([4]byte(b[12:]))
	}
	if !a.IsValid() || a.Zone() != "" || a.Is6() && !global.Contains(a) {
		return false
	}
	return !slices.ContainsFunc(special, func(p netip.Prefix) bool { return p.Contains(a) })
}

// control refuses an address that is about to be dialled: behind the resolver, so
// no answer of it comes later.
func (r Reach) control(_, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return refused{fmt.Sprintf("%s is no address", address)}
	}
	if !r.Private && !public(at.Addr()) {
		return refused{fmt.Sprintf("%s is not a public address: allow_private in [webhooks] of config.toml allows it", at.Addr())}
	}
	return nil
}

// refused says why nothing was sent, which will not be otherwise next time.
type refused struct{ why string }

func (e refused) Error() string { return e.why }

// check refuses what can be seen to be wrong of a URL.
func (r Reach) check(u *url.URL) error {
	switch {
	case u.Scheme == "http" && !r.HTTP:
		return refused{"http is not allowed: use https, or set allow_http in [webhooks] of config.toml"}
	case u.Scheme != "https" && u.Scheme != "http":
		return refused{fmt.Sprintf("%q is not https", u.Scheme)}
	case u.Hostname() == "" || u.Opaque != "":
		return refused{"the URL names no host"}
	}
	host := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	if a, err := netip.ParseAddr(host); err == nil {
		return r.control("tcp", net.JoinHostPort(a.String(), "0"), nil)
	}
	if !r.Private && (host == "localhost" || strings.HasSuffix(host, ".localhost")) {
		return refused{host + " is not a public address: allow_private in [webhooks] of config.toml allows it"}
	}
	return nil
}

// ReachOf is the reach that a configuration says, or the variables of MLflow's
// server do: MLFLOW_WEBHOOK_ALLOWED_SCHEMES and MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS.
func ReachOf(configured Reach, variable func(string) string) Reach {
	schemes := strings.Split(variable("MLFLOW_WEBHOOK_ALLOWED_SCHEMES"), ",")
	for _, s := range schemes {
		configured.HTTP = configured.HTTP || strings.TrimSpace(s) == "http"
	}
	private := strings.ToLower(variable("MLFLOW_WEBHOOK_ALLOW_PRIVATE_IPS"))
	configured.Private = configured.Private || private == "true" || private == "1"
	return configured
}

// Patience is how long a request may take and how often it is sent, as MLflow's
// server is told by MLFLOW_WEBHOOK_REQUEST_TIMEOUT, in seconds, and
// MLFLOW_WEBHOOK_REQUEST_MAX_RETRIES. 0 means what is usual.
func Patience(variable func(string) string) (timeout time.Duration, tries int, err error) {
	const (
		seconds, retries = "MLFLOW_WEBHOOK_REQUEST_TIMEOUT", "MLFLOW_WEBHOOK_REQUEST_MAX_RETRIES"
		longest, most    = 120, 10 // a claim of a delivery must outlast its request
	)
	number := func(name string, least, most int) (int, error) {
		text := strings.TrimSpace(variable(name))
		n, err := strconv.Atoi(text)
		if text != "" && (err != nil || n < least || n > most) {
			return 0, fmt.Errorf("%s %q: a number from %d to %d", name, text, least, most)
		}
		return n, nil
	}
	n, err := number(seconds, 1, longest)
	if err != nil {
		return 0, 0, err
	}
	if tries, err = number(retries, 0, most); err != nil {
		return 0, 0, err
	}
	if variable(retries) != "" {
		tries++ // the first is no retry
	}
	return time.Duration(n) * time.Second, tries, nil
}
