{ rules: [], scheduleExpression: import '/etc/hostname' }
