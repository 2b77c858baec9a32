{ MODE: 'full' }
