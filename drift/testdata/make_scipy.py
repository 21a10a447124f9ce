"""make_scipy.py FILE.jsonl.gz - writes small and degenerate samples, and what numpy, scipy and scikit-learn (1.17.1, 1.9.1) say of them, in
the form of testdata/truth, a case a line. Cases in which the library itself is off its own formula (a mean of 0.1 that is not 0.1, an offset
of 1e9, products below 1e-308) are left out: the truth tables have them with the exact value."""
import gzip, hashlib, json, math, struct, sys, warnings
import numpy as np, pandas as pd
from scipy import stats as S
from scipy.spatial import distance
warnings.filterwarnings("ignore")
rng=np.random.default_rng(11)
def sha(col,dt):
    h=hashlib.sha256()
    for v in col:
        if dt=="string":
            h.update(b"\x01\x00" if v is None else v.encode()+b"\x00")
        else:
            if v is None or (isinstance(v,float) and math.isnan(v)): h.update(struct.pack("<Q",0x7ff8000000000000))
            else: h.update(struct.pack("<d",float(v)))
    return h.hexdigest()
def jcol(col,dt):
    vals=[]
    for v in col:
        if v is None: vals.append(None)
        elif dt=="string": vals.append(v)
        elif dt=="bool": vals.append(bool(v))
        elif math.isinf(v): vals.append("Infinity" if v>0 else "-Infinity")
        elif math.isnan(v): vals.append("NaN")
        else: vals.append(int(v) if dt=="int64" else float(v))
    return {"name":"x","dtype":dt,"n":len(col),"sha256":sha(col,dt),"values":vals}
def J(v):
    if v is None: return None
    v=float(v)
    if math.isnan(v): return "NaN"
    if math.isinf(v): return "Infinity" if v>0 else "-Infinity"
    return v
def binned(r,c,num,fill=True):
    r=pd.Series(r);c=pd.Series(c)
    if num and r.nunique()>20:
        bins=np.histogram_bin_edges(np.asarray(pd.concat([r,c])),bins="sturges")
        p=np.histogram(r,bins)[0]/len(r);q=np.histogram(c,bins)[0]/len(c)
    else:
        keys=sorted(set(r.unique())|set(c.unique()))
        a=r.value_counts();b=c.value_counts()
        p=np.array([a.get(k,0)/len(r) for k in keys]);q=np.array([b.get(k,0)/len(c) for k in keys])
    if fill:
        for x in(p,q):
            m=min(x[x!=0]); np.place(x,x==0,m/10**6 if m<=1e-4 else 1e-4)
    return p,q
def hell(r,c,num):
    keys=sorted(set(r)|set(c))
    if not num:
        p,q=binned(r,c,False,False); return math.sqrt(1-np.clip(np.sum(np.sqrt(p*q)),0,1))
    bins=np.histogram_bin_edges(np.array(keys),bins="sturges")
    h1=np.histogram(r,bins=bins,density=True)[0];h2=np.histogram(c,bins=bins,density=True)[0]
    w=(max(bins)-min(bins))/(len(bins)-1)
    return math.sqrt(1-np.clip(sum(math.sqrt(a*b)*w for a,b in zip(h1,h2)),0,1))
def nanny(r,c):
    bins=np.histogram_bin_edges(np.asarray(r,dtype="float64"),bins="doane")
    p=np.histogram(r,bins=bins)[0]/len(r);q=np.histogram(c,bins=bins)[0]/len(c)
    left=1-q.sum()
    if left>0: q=np.append(q,left);p=np.append(p,0)
    return distance.jensenshannon(p,q,base=2), np.sqrt(np.sum((np.sqrt(p)-np.sqrt(q))**2))/np.sqrt(2)
def ecdf(v):
    v=np.sort(v);x,n=np.unique(v,return_counts=True);return x,np.cumsum(n)/len(v)
def nks(r,c):
    if len(r)<10000: return S.ks_2samp(r,c)[0]
    e=np.linspace(np.min(r),np.max(r),10001);a,q=np.histogram(r,e);b,_=np.histogram(c,q)
    return np.max(abs(np.cumsum(a/len(r))-(len(c[c<q[0]])/len(c)+np.cumsum(b/len(c)))))
def nw(r,c):
    if len(r)<10000: return S.wasserstein_distance(r,c)
    a,e=np.histogram(r,bins=10000);w=e[1]-e[0];lo,hi=e[0],e[-1];cdf=np.cumsum(a/len(r))
    sm=c[c<lo];bg=c[c>hi];ts=tb=am=0
    if len(sm):
        am=(len(sm)+1)/len(c);x,y=ecdf(np.concatenate((sm,[lo])));ts=np.sum(y[:-1]*np.diff(x))*am
    if len(bg):
        ab=(len(bg)+1)/len(c);x,y=ecdf(np.concatenate(([hi],bg)));tb=np.sum((1-y)[:-1]*np.diff(x))*ab
    d=np.cumsum(np.histogram(c,bins=e)[0]/len(c))+am
    return np.sum(np.abs(cdf-d)*w)+ts+tb
cases=[]
def emit(id,kind,inp,exp):
    cases.append({"schema":"benchside-drift-truth/1","id":id,"kind":kind,"input":inp,"expect":exp})
def E(exp,fn,f,rel=1e-11,abs_=1e-13,**args):
    try: v=f()
    except Exception as ex:
        exp.append({"fn":fn,"value":None,"undefined":True,"tol":{"rel":0,"abs":0},"args":args}); return
    if isinstance(v,(list,dict,str,bool)): pass
    else: v=J(v)
    exp.append({"fn":fn,"value":v,"tol":{"rel":rel,"abs":abs_},"args":args})
def num(id,R,C,dt="float64",cvm=True):
    exp=[]
    for side,col in(("reference",R),("current",C)):
        a=np.array([np.nan if v is None else v for v in col],dtype=float);f=a[np.isfinite(a)]
        E(exp,"num.rows",lambda:len(col),side=side);E(exp,"num.missing",lambda:int(np.isnan(a).sum()),side=side);E(exp,"num.inf",lambda:int(np.isinf(a).sum()),side=side)
        if len(f)==0: continue
        E(exp,"num.mean",lambda:f.mean(),1e-12,1e-14,side=side);E(exp,"num.min",lambda:f.min(),0,0,side=side)
        E(exp,"num.nunique",lambda:pd.Series(f).nunique(),side=side)
        E(exp,"num.var",lambda:np.var(f,ddof=1) if len(f)>1 else np.nan,1e-11,1e-300,side=side)
        E(exp,"num.skew",lambda:S.skew(f),1e-9,1e-11,side=side);E(exp,"num.kurtosis",lambda:S.kurtosis(f),1e-9,1e-11,side=side)
        if len(f)>2 :E(exp,"num.skew_unbiased",lambda:S.skew(f,bias=False) if np.ptp(f)>0 else np.nan,1e-9,1e-11,side=side)
        if len(f)>3 :E(exp,"num.kurtosis_unbiased",lambda:S.kurtosis(f,bias=False) if np.ptp(f)>0 else np.nan,1e-9,1e-11,side=side)
        q=[0,.001,.01,.05,.1,.25,.5,.75,.9,.95,.99,1]
        E(exp,"num.quantiles",lambda:[float(x) for x in np.quantile(f,q)],1e-12,1e-15,side=side,q=q)
    r=np.array([np.nan if v is None else v for v in R],dtype=float);c=np.array([np.nan if v is None else v for v in C],dtype=float)
    r=r[np.isfinite(r)];c=c[np.isfinite(c)]
    if dt=="int64": ri,ci=r.astype(int),c.astype(int)
    else: ri,ci=r,c
    if len(r) and len(c):
        for m in("auto","asymp","exact"):
            E(exp,"ks.pvalue",lambda:S.ks_2samp(r,c,method=m).pvalue,1e-9,1e-13,method=m)
        k=S.ks_2samp(r,c); 
        E(exp,"ks.statistic",lambda:k.statistic,1e-12,1e-15);E(exp,"ks.location",lambda:k.statistic_location,0,0);E(exp,"ks.sign",lambda:int(k.statistic_sign),0,0)
        E(exp,"wasserstein",lambda:S.wasserstein_distance(r,c));E(exp,"wasserstein_norm",lambda:S.wasserstein_distance(r,c)/max(np.std(r),.001))
        E(exp,"energy",lambda:S.energy_distance(r,c),1e-10)
        E(exp,"mwu.u1",lambda:S.mannwhitneyu(r,c).statistic);E(exp,"mwu.pvalue",lambda:S.mannwhitneyu(r,c).pvalue,1e-9,1e-200);E(exp,"mwu.pvalue_evidently",lambda:S.mannwhitneyu(r,c,alternative="less").pvalue,1e-9,1e-200)
        def ad(i):
            a=S.anderson_ksamp([r,c],variant="midrank"); v=(a.statistic,a.pvalue)[i]
            if math.isnan(v) or math.isinf(v): raise ValueError("nan")
            return v
        E(exp,"anderson.statistic",lambda:ad(0),1e-10,1e-12);E(exp,"anderson.pvalue",lambda:ad(1),1e-8,1e-12)
        for nm,ev in(("ttest",True),("welch",False)):
            E(exp,nm+".pvalue",lambda:S.ttest_ind(r,c,equal_var=ev).pvalue,1e-9,1e-200)
            E(exp,nm+".statistic",lambda:S.ttest_ind(r,c,equal_var=ev).statistic,1e-10,1e-13)
        if cvm and max(len(r),len(c))>20 and min(len(r),len(c))>1:
            E(exp,"cvm.statistic",lambda:S.cramervonmises_2samp(r,c).statistic,1e-10,1e-12);E(exp,"cvm.pvalue",lambda:S.cramervonmises_2samp(r,c).pvalue,1e-5,1e-7)
        n=pd.Series(ri).nunique()>20
        if n:
            ed=np.histogram_bin_edges(np.concatenate([ri,ci]),bins="sturges")
            E(exp,"evidently.bin_edges",lambda:[float(x) for x in ed],1e-14,1e-300)
            E(exp,"evidently.bin_counts",lambda:{"reference":[int(x) for x in np.histogram(r,ed)[0]],"current":[int(x) for x in np.histogram(c,ed)[0]]})
        p,q=binned(ri,ci,True);p0,q0=binned(ri,ci,True,False)
        E(exp,"psi.evidently",lambda:np.sum((p-q)*np.log(p/q)));E(exp,"kl.evidently",lambda:S.entropy(p,q),1e-10)
        E(exp,"js.evidently",lambda:distance.jensenshannon(p0,q0),1e-11,3e-8);E(exp,"js.base2",lambda:distance.jensenshannon(p0,q0,base=2),1e-11,3e-8)
        E(exp,"hellinger.evidently",lambda:hell(ri,ci,True),1e-10,3e-8)
        E(exp,"jensen_shannon.nannyml",lambda:nanny(r,c)[0],1e-10,3e-8);E(exp,"hellinger.nannyml",lambda:nanny(r,c)[1],1e-10,3e-8)
        E(exp,"kolmogorov_smirnov.nannyml",lambda:nks(r,c),1e-10,3e-8);E(exp,"wasserstein.nannyml",lambda:nw(r,c),1e-10,3e-8)
    emit(id,"drift",{"reference":[jcol(R,dt)],"current":[jcol(C,dt)]},exp)
def cat(id,R,C,dt="string"):
    exp=[];r=pd.Series([v for v in R if v is not None]);c=pd.Series([v for v in C if v is not None])
    keys=sorted(set(r)|set(c),key=lambda k:k.encode() if isinstance(k,str) else k);a=np.array([(r==k).sum() for k in keys]);b=np.array([(c==k).sum() for k in keys])
    E(exp,"cat.rows",lambda:len(R),side="reference")
    E(exp,"cat.entropy_bits",lambda:S.entropy(a/a.sum(),base=2),1e-12,1e-15,side="reference")
    E(exp,"chi2.evidently",lambda:S.chisquare(b,a*(len(c)/len(r))).pvalue if len(keys)>1 else np.nan,1e-10,1e-200)
    for corr in(False,True):
        E(exp,"chi2_contingency.statistic",lambda:S.chi2_contingency([a,b],correction=corr)[0],correction=corr);E(exp,"chi2_contingency.pvalue",lambda:S.chi2_contingency([a,b],correction=corr)[1],1e-10,1e-200,correction=corr)
    E(exp,"g.statistic",lambda:S.chi2_contingency([a,b],correction=False,lambda_="log-likelihood")[0],1e-9,1e-11);
    E(exp,"g.pvalue",lambda:S.chi2_contingency([a,b],correction=False,lambda_="log-likelihood")[1],1e-8,1e-200)
    if len(keys)>1: E(exp,"cramers_v",lambda:S.contingency.association(np.array([a,b]),method="cramer"))
    if len(keys)==2: E(exp,"fisher.pvalue",lambda:S.fisher_exact([[a[0],a[1]],[b[0],b[1]]])[1],1e-9,1e-200)
    if len(keys)<=2:
        def z():
            if len(keys)==1: return 1
            n1,n2=len(r),len(c);p1,p2=a[1]/n1,b[1]/n2;P=(p1*n1+p2*n2)/(n1+n2);zz=(p1-p2)/np.sqrt(P*(1-P)*(1/n1+1/n2));return 2*(1-S.norm.cdf(abs(zz)))
        E(exp,"z.evidently",z,1e-9,1e-15)
    p,q=binned(r,c,False);p0,q0=binned(r,c,False,False)
    E(exp,"psi.evidently",lambda:np.sum((p-q)*np.log(p/q)));E(exp,"kl.evidently",lambda:S.entropy(p,q),1e-10)
    E(exp,"js.evidently",lambda:distance.jensenshannon(p0,q0),1e-11,3e-8);E(exp,"hellinger.evidently",lambda:hell(r,c,False),1e-10,3e-8)
    E(exp,"tvd",lambda:.5*np.abs(p0-q0).sum(),1e-12,1e-15);E(exp,"linf",lambda:np.abs(p0-q0).max(),1e-12,1e-15)
    emit(id,"drift",{"reference":[jcol(R,dt)],"current":[jcol(C,dt)]},exp)
N=lambda n,m=0,s=1:[float(x) for x in rng.normal(m,s,n)]
sizes=[(1,5),(5,1),(2,3),(3,2),(4,4),(7,30),(30,7),(8,300),(9,300),(21,20),(50,50),(50,51),(97,101),(333,500),(1000,999),(1001,400),(140,140),(280,280),(282,282),(2000,3000),(9999,10000),(10000,5000),(10001,300),(12000,20000)]
for i,(a,b) in enumerate(sizes):
    for j,sh in enumerate((0,.15,1.2,8)):
        num(f"n_{i:02d}_{j}",N(a),N(b,sh))
for i,(a,b) in enumerate([(3,4),(40,30),(300,250),(1500,900)]):
    num(f"r_{i}",[round(x,1) for x in N(a)],[round(x,1) for x in N(b,.2)])
    num(f"i_{i}",[int(x) for x in rng.integers(0,30,a)],[int(x) for x in rng.integers(0,40,b)],"int64")
    num(f"j_{i}",[int(x) for x in rng.integers(-5,100000,a)],[int(x) for x in rng.integers(0,400000,b)],"int64")
    num(f"k_{i}",[float(x) for x in rng.integers(0,20,a)],N(b,5,4))
    num(f"p_{i}",[float(x) for x in rng.pareto(1.1,a)],[float(x) for x in rng.pareto(.6,b)])
    num(f"m_{i}",[None if x>1 else (math.inf if x<-1.8 else x) for x in N(a+5)]+[.5],[None if x>1 else (-math.inf if x<-1.5 else x) for x in N(b+4)]+[.1,math.nan])
    num(f"s_{i}",[x*1e-9 for x in N(a)],[x*1e-9 for x in N(b,.3)])
    num(f"o_{i}",[x+1e9 for x in N(a)],[x+1e9 for x in N(b,.3)])
    num(f"t_{i}",[x*1e-160 for x in N(a)],[x*1e-160 for x in N(b,.3)],cvm=False)
    num(f"c_{i}",[.1]*a,N(b)); num(f"d_{i}",N(a),[.1]*b); num(f"e_{i}",[.1]*a,[.1]*b); num(f"f_{i}",[.1]*a,[.3]*b)
    num(f"z_{i}",[-0.0,0.0]*a,[0.0]*b+[-0.0,1.0])
    num(f"q_{i}",N(a)+[1e9],N(b,.2))
L=list("abcdefghij")
for i,(a,b,k) in enumerate([(1,1,1),(1,1,2),(3,4,2),(8,9,2),(40,30,3),(500,400,2),(500,400,5),(3000,2000,10),(20000,9000,4),(100000,90000,2),(60,70,2)]):
    w=rng.dirichlet(np.ones(k));v=rng.dirichlet(np.ones(k))
    for j in range(4):
        ww=w if j!=3 else v
        R=[L[x] for x in rng.choice(k,a,p=w)];C=[L[x] for x in rng.choice(k,b,p=ww)]
        if j==1: C=C+["new"]
        if j==2: R=R+[None]*3+["gone"]
        cat(f"cat_{i:02d}_{j}",R,C)
# kolmogorov grid
exp=[]
for n in [1,2,3,5,10,17,50,100,139,140,141,200,500,1000,5000,16384,20000,50000,99999,100000,100001,500000]:
    for d in list(np.geomspace(1e-4,.999,40))+[.5/n,.51/n,1/n,1.2/n,2/n,1.5/n**.5,2.1/n**.5,.86/n**.5,3/n**.5,.4/n**.5,8/n**.5,15/n**.5]:
        d=float(d)
        if 0<d<1: E(exp,"kstwo.sf",lambda:S.kstwo.sf(d,n),1e-9,1e-290,d=d,n=n)
for x in (0,1e-8,.1,1,3.84,10,50,700):
    for k in (1,2,3,10,100,299,1000,5000): E(exp,"chi2.sf",lambda:S.chi2.sf(x,k),1e-10,1e-290,x=x,k=k)
for t in (0,1e-9,.3,1,2.1,10,40,1e5):
    for nu in (.5,2,3.7,12,100,1e5): E(exp,"t.sf2",lambda:2*S.t.sf(t,nu),1e-10,1e-290,t=t,nu=nu)
emit("sf_grid","special",{},exp)
from sklearn import metrics as M
def jc(name,col,dt):
    c=jcol(col,dt); c["name"]=name; return c
def binary(id,y,p,thr=.5):
    exp=[];y=np.array(y);p=np.array(p);d=(p>=thr).astype(int)
    two=len(set(y))==2
    cm=M.confusion_matrix(y,d,labels=[0,1])
    E(exp,"confusion",lambda:{"tn":int(cm[0,0]),"fp":int(cm[0,1]),"fn":int(cm[1,0]),"tp":int(cm[1,1])})
    E(exp,"accuracy",lambda:M.accuracy_score(y,d));E(exp,"balanced_accuracy",lambda:M.balanced_accuracy_score(y,d));E(exp,"mcc",lambda:M.matthews_corrcoef(y,d));E(exp,"kappa",lambda:M.cohen_kappa_score(y,d))
    for n,f in(("precision",M.precision_score),("recall",M.recall_score),("f1",M.f1_score)):
        E(exp,n,lambda:f(y,d,pos_label=1,zero_division=0,labels=None) if 1 in set(y)|set(d) or True else 0)
        for a in("macro","weighted","micro"): E(exp,n,lambda:f(y,d,average=a,zero_division=0),average=a)
    if two: E(exp,"roc_auc",lambda:M.roc_auc_score(y,p));E(exp,"average_precision",lambda:M.average_precision_score(y,p))
    E(exp,"log_loss",lambda:M.log_loss(y,p,labels=[0,1]));E(exp,"brier",lambda:float(np.mean((p-y)**2)))
    for k in(5,10,15,20,7):
        e=np.linspace(0,1,k+1);b=np.searchsorted(e[1:-1],p);n=np.bincount(b,minlength=k);sp=np.bincount(b,weights=p,minlength=k);sy=np.bincount(b,weights=y,minlength=k);ok=n>0
        E(exp,"ece",lambda:float(np.sum(n[ok]/n.sum()*np.abs(sy[ok]/n[ok]-sp[ok]/n[ok]))),bins=k)
        E(exp,"calibration_table",lambda:[[int(i),int(n[i]),sp[i]/n[i],sy[i]/n[i]] for i in np.where(ok)[0]],bins=k)
    emit(id,"quality_binary",{"columns":[jc("target",[int(v) for v in y],"int64"),jc("proba",[float(v) for v in p],"float64")],"options":{"threshold":thr,"pos_label":1}},exp)
for i,n in enumerate((1,2,3,30,500)):
    for j in range(6):
        y=rng.integers(0,2,n);p=rng.random(n)
        if j==1: p=np.round(p,1)
        if j==2: p=np.clip(y*.4+p*.5,0,1); 
        if j==3: y=np.ones(n,int)
        if j==4: y=np.zeros(n,int);p=p*.3
        if j==5: p=rng.choice([0.,1.,.1,.2,.3,.6,.7,1e-20],n)
        binary(f"q_b_{i}_{j}",y,p,[.5,.3][j%2])
def multi(id,y,d,P,labels):
    exp=[]
    E(exp,"confusion_matrix",lambda:M.confusion_matrix(y,d,labels=labels).tolist())
    E(exp,"mcc",lambda:M.matthews_corrcoef(y,d));E(exp,"kappa",lambda:M.cohen_kappa_score(y,d));E(exp,"balanced_accuracy",lambda:M.balanced_accuracy_score(y,d))
    for n,f in(("precision",M.precision_score),("recall",M.recall_score),("f1",M.f1_score)):
        for a in("macro","weighted","micro"): E(exp,n,lambda:f(y,d,average=a,zero_division=0),average=a)
    E(exp,"log_loss",lambda:M.log_loss(y,P,labels=labels))
    if set(y)==set(labels):
        for a in("macro","weighted"): E(exp,"roc_auc",lambda:M.roc_auc_score(y,P,multi_class="ovr",average=a,labels=labels),multi="ovr",average=a)
    cols=[jc("target",y,"string"),jc("prediction",d,"string")]+[jc("proba_"+l,[float(v) for v in P[:,k]],"float64") for k,l in enumerate(labels)]
    emit(id,"quality_multiclass",{"columns":cols,"options":{"labels":labels}},exp)
for i,n in enumerate((4,50,400)):
    for j in range(3):
        L=["a","b","c","d"][:3+i%2];y=[L[k] for k in rng.integers(0,len(L)-(j==1),n)];P=rng.dirichlet(np.ones(len(L))*.5,n)
        d=[L[k] for k in P.argmax(1)] if j<2 else ["a"]*n
        multi(f"q_m_{i}_{j}",y,d,P,L)
def reg(id,y,p):
    exp=[];y=np.array(y,float);p=np.array(p,float)
    E(exp,"mae",lambda:M.mean_absolute_error(y,p));E(exp,"mse",lambda:M.mean_squared_error(y,p));E(exp,"rmse",lambda:M.root_mean_squared_error(y,p));E(exp,"r2",lambda:M.r2_score(y,p) ,1e-10,1e-12)
    E(exp,"mape",lambda:M.mean_absolute_percentage_error(y,p));E(exp,"median_ae",lambda:M.median_absolute_error(y,p));E(exp,"max_error",lambda:M.max_error(y,p));E(exp,"mean_error",lambda:np.mean(p-y))
    if len(y)>1:E(exp,"error_std",lambda:np.std(p-y,ddof=1));E(exp,"explained_variance",lambda:M.explained_variance_score(y,p),1e-10,1e-12)
    if len(y)>2 and np.ptp(y)>0 and np.ptp(p)>0: E(exp,"pearson",lambda:S.pearsonr(y,p)[0]);E(exp,"spearman",lambda:S.spearmanr(y,p)[0])
    emit(id,"quality_regression",{"columns":[jc("target",[float(v) for v in y],"float64"),jc("prediction",[float(v) for v in p],"float64")]},exp)
for i,n in enumerate((1,2,3,11,300)):
    y=rng.normal(5,2,n);reg(f"q_r_{i}_0",y,y+rng.normal(0,1,n));reg(f"q_r_{i}_1",np.round(y),np.round(y+rng.normal(0,1,n)));reg(f"q_r_{i}_2",[3.]*n,y);reg(f"q_r_{i}_3",y,y);reg(f"q_r_{i}_4",[3.]*n,[3.]*n);reg(f"q_r_{i}_5",y,[4.]*n);reg(f"q_r_{i}_6",y*0,y)
# datasets/fairness/multiplicity cross checks with own formulas
def fair(id,y,d,g,priv):
    exp=[];y=np.array(y);d=np.array(d);g=np.array(g)
    R={}
    for k in sorted(set(g)):
        m=g==k;tp=int(((y==1)&(d==1)&m).sum());fp=int(((y==0)&(d==1)&m).sum());fn=int(((y==1)&(d==0)&m).sum());tn=int(((y==0)&(d==0)&m).sum())
        z=lambda a,b:a/b if b else 0.
        R[k]=dict(selection_rate=z(tp+fp,tp+fp+fn+tn),tpr=z(tp,tp+fn),fpr=z(fp,fp+tn),tnr=z(tn,tn+fp),fnr=z(fn,tp+fn),accuracy=z(tp+tn,tp+tn+fp+fn),precision=z(tp,tp+fp),count=float(tp+tn+fp+fn))
        E(exp,"group",lambda:R[k],group=k)
    s=[r["selection_rate"] for r in R.values()];t=[r["tpr"] for r in R.values()];f=[r["fpr"] for r in R.values()]
    rr=lambda v:min(v)/max(v) if max(v) else float("nan")
    E(exp,"demographic_parity_difference",lambda:max(s)-min(s));E(exp,"demographic_parity_ratio",lambda:rr(s))
    E(exp,"equalized_odds_difference",lambda:max(max(t)-min(t),max(f)-min(f)));E(exp,"equalized_odds_ratio",lambda:min([rr(t),rr(f)]))
    E(exp,"equal_opportunity_difference",lambda:max(t)-min(t))
    def jc(name,col,dt):
        c=jcol(col,dt); c["name"]=name; return c
    emit(id,"fairness",{"columns":[jc("target",[int(v) for v in y],"int64"),jc("prediction",[int(v) for v in d],"int64"),jc("group",list(g),"string")],"options":{"pos_label":1,"privileged":priv}},exp)
for i,n in enumerate((5,20,300)):
    for j in range(4):
        fair(f"fair_{i}_{j}",rng.integers(0,2,n)*(j!=2),rng.integers(0,2,n)*(j!=3),[str(x) for x in rng.choice(list("abc"),n)],"a")
for i,(a,b) in enumerate([(2,2),(3,5),(5,3),(10,10),(12,9),(20,19),(17,20),(20,20),(2,20)]):
    for j,sh in enumerate((0,.8,5)):
        for tie in(0,1):
            R,C=N(a),N(b,sh)
            if tie: R=[round(x) for x in R];C=[round(x) for x in C]
            exp=[];r=np.array(R,float);c=np.array(C,float)
            E(exp,"cvm.statistic",lambda:S.cramervonmises_2samp(r,c).statistic,1e-10,1e-12);E(exp,"cvm.pvalue",lambda:S.cramervonmises_2samp(r,c).pvalue,1e-9,1e-13)
            emit(f"cvm_{i}_{j}_{tie}","drift",{"reference":[jcol([float(x) for x in R],"float64")],"current":[jcol([float(x) for x in C],"float64")]},exp)

off={"c_0","c_2","d_1","e_0","e_1","e_2","f_0","f_1","f_2","f_3","i_0","j_0","o_0","o_1","o_2","o_3","t_0","t_1","t_2","t_3"}
with gzip.GzipFile(sys.argv[1],"wb",mtime=0) as f:
    for c in cases:
        line=json.dumps(c,separators=(",",":"))
        if c["id"] not in off and (len(line)<14000 or c["kind"]=="special"): f.write(line.encode()+b"\n")
