module todo-k8s.test/cluster/openreports

go 1.25.0

require github.com/openreports/reports-api v0.2.1
