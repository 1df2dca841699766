module rmsprop-adapter

go 1.18
