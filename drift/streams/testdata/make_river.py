"""make_river.py FILE - writes streams and what the detectors of river 0.26.1 say of them. Run with river installed."""
import json, random, sys
from river import drift
from river.drift import binary
random.seed(7)
out=[]
def run(name, d, xs, warn):
    det=[];w=[]
    for i,x in enumerate(xs):
        d.update(x)
        if d.drift_detected: det.append(i)
        elif warn and d.warning_detected: w.append(i)
    r={"detector":name,"detections":det,"warn":w}
    if name=="adwin": r["width"]=d.width; r["mean"]=d.estimation
    return r
def stream(kind,n):
    if kind=="step": return [random.gauss(0 if i<n//2 else 1.5,1) for i in range(n)]
    if kind=="ramp": return [random.gauss(i*0.002,1) for i in range(n)]
    if kind=="null": return [random.gauss(3,.5) for i in range(n)]
    if kind=="const": return [2.5]*n
    if kind=="multi": return [random.gauss([0,4,1,6][(i//300)%4],.3) for i in range(n)]
    if kind=="err": return [float(random.random()<(.1 if i<n//2 else .4)) for i in range(n)]
    if kind=="err2": return [float(random.random()<(.5 if (i//200)%2 else .1)) for i in range(n)]
    if kind=="down": return [float(random.random()<(.5 if i<n//2 else .1)) for i in range(n)]
for kind in "step ramp null const multi err err2 down".split():
    for n in (40, 900):
        xs=[round(x,3) for x in stream(kind,n)]
        rs=[]
        def add(name,params,cls,warn=False):
            r=run(name,cls(**params),xs,warn); r["params"]=params; rs.append(r)
        for p in ({},{"delta":.05,"clock":1},{"max_buckets":3},{"min_window_length":2,"grace_period":3},{"delta":.3,"clock":10,"max_buckets":2},{"max_buckets":1,"clock":5}): add("adwin",p,drift.ADWIN)
        for p in ({},{"threshold":5.0},{"threshold":10.0,"mode":"up"},{"threshold":10.0,"mode":"down","alpha":.99},{"min_instances":5,"delta":.1,"threshold":3.}): add("page_hinkley",p,drift.PageHinkley)
        if kind in("err","err2","down","const"):
            ys=xs
            if kind=="const": xs=[0.0]*n
            for p in ({},{"warm_start":5},{"warning_threshold":1.,"drift_threshold":2.}): add("ddm",p,binary.DDM,True)
            for p in ({},{"warm_start":10,"alpha":.99,"beta":.95}): add("eddm",p,binary.EDDM,True)
            for p in ({},{"two_sided_test":True},{"drift_confidence":.05,"warning_confidence":.2,"two_sided_test":True}): add("hddm_a",p,binary.HDDM_A if hasattr(binary,'HDDM_A') else binary.HDDMA,True)
            # const used zeros for error detectors only
            for r in rs:
                if kind=="const" and r["detector"] in("ddm","eddm","hddm_a"): r["zeros"]=True
            xs=ys
        out.append({"kind":kind,"xs":xs,"runs":rs})
json.dump(out,open(sys.argv[1], "w"), separators=(",", ":"))
