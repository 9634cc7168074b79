'use strict';

module.exports = require('./src/registrar.js');
