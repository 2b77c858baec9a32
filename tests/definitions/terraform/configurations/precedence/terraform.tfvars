a = "tfvars"
b = "tfvars"
c = "tfvars"
d="tfvars"
m = { t = 1 }
