package sqlite

import "slices"

// revision is one migration of MLflow's schema. Release is set if the schema of
// a release ends there.
type revision struct{ id, release string }

// revisions lists MLflow's migrations in their order, as its package has them;
// the releases were read from their wheels.
func revisions() []revision {
	return []revision{
		{"451aebb31d03", ""},
		{"90e64c465722", ""},
		{"181f10493468", ""},
		{"df50e92ffc5e", ""},
		{"7ac759974ad8", ""},
		{"89d4b8295536", ""},
		{"2b4d017a5e9b", ""},
		{"cfd24bdc0731", ""},
		{"0a8213491aaa", ""},
		{"728d730b5ebd", ""},
		{"27a6a02d2cf1", ""},
		{"84291f40a231", ""},
		{"a8c4a736bde6", ""},
		{"39d1c3be5f05", ""},
		{"c48cb773bb87", ""},
		{"bd07f7e963c5", "1.25"},
		{"0c779009ac13", ""},
		{"cc1f77228345", ""},
		{"97727af70f4d", "1.30 to 2.1"},
		{"3500859a5d39", ""},
		{"7f2a7d5fae7d", "2.4"},
		{"2d6e25af4d3e", ""},
		{"acf3f17fdcc7", "2.9 to 2.12"},
		{"867495a8f9d4", ""},
		{"5b0e9adcef9c", ""},
		{"4465047574b1", "2.16"},
		{"f5a4f2784254", ""},
		{"0584bdc529eb", "2.22"},
		{"400f98739977", ""},
		{"6953534de441", ""},
		{"bda7b8c39065", "3.0 to 3.1"},
		{"cbc13b556ace", ""},
		{"770bee3ae1dd", ""},
		{"a1b2c3d4e5f6", ""},
		{"de4033877273", ""},
		{"1a0cddfcaa16", ""},
		{"534353b11cbc", ""},
		{"71994744cf8e", "3.4"},
		{"3da73c924c2f", "3.6"},
		{"bf29a5ff90ea", "3.7"},
		{"1bd49d398cd23", "3.8"},
		{"b7c8d9e0f1a2", ""},
		{"5d2d30f0abce", ""},
		{"c9d4e5f6a7b8", ""},
		{"2c33131f4dae", ""},
		{"d3e4f5a6b7c8", "3.9"},
		{"d0e1f2a3b4c5", ""},
		{"c8d9e0f1a2b3", ""},
		{"1b5f0d9ad7c1", "3.10"},
		{"e1f2a3b4c5d6", ""},
		{"76601a5f987d", ""},
		{"c3d6457b6d8a", "3.11"},
		{"a5b4c3d2e1f0", ""},
		{"ae8bbe7743c9", ""},
		{"7d34483879f0", "3.12"},
		{"da6fb0208061", "3.13"},
		{"89d3d66ed43f", ""},
		{"b7e4c1a90f23", "3.14"},
		{"a8b9c0d1e2f3", ""},
		{"c1d2e3f4a5b6", ""},
		{"c3d9e7f1a2b4", ""},
		{"6f8d9c3b2a1e", ""},
		{"1971f2d9a75b", ""},
		{"17e22815139b", ""},
		{"b7e2c1a4d9f3", "3.16"},
		{"75868b020152", ""},
		{"dc11669786a5", "3.17"},
	}
}

// release names the releases of a schema revision: one, or the two that it lies
// between. It is empty for a revision that is not known.
func release(id string) string {
	all := revisions()
	at := slices.IndexFunc(all, func(r revision) bool { return r.id == id })
	if at < 0 {
		return ""
	}
	if all[at].release != "" {
		return all[at].release
	}
	after, before := "", ""
	for _, r := range all[:at] {
		if r.release != "" {
			after = r.release
		}
	}
	for _, r := range all[at:] {
		if r.release != "" {
			before = r.release
			break
		}
	}
	if after == "" {
		return "before " + before
	}
	return "after " + after + ", before " + before
}

// covered are the revisions that are tested with the real client: those of
// MLflow 2.22 and 3.17.
func covered(id string) bool { return id == "0584bdc529eb" || id == "dc11669786a5" }
