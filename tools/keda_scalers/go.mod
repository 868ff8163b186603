module examx/keda-scalers

go 1.24
