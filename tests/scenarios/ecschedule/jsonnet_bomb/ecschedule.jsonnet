local f(x) = f(x + 'a' + x) tailstrict; { rules: [{ scheduleExpression: f('a') }] }
