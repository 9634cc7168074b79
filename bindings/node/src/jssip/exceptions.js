'use strict';

// The four errors that JsSIP programs catch, told apart by `code` and `name`.

class JsSIPError extends Error {
    constructor(code, name, message) {
        super(message);
        this.code = code;
        this.name = name;
    }
}

function describe(value) {
    try {
        return JSON.stringify(value) ?? String(value);
    } catch {
        return String(value); // a circular object
    }
}

class ConfigurationError extends JsSIPError {
    constructor(parameter, value) {
        super(
            1,
            'CONFIGURATION_ERROR',
            value ? `Invalid value ${describe(value)} for parameter "${parameter}"` : `Missing parameter: ${parameter}`,
        );
        this.parameter = parameter;
        this.value = value;
    }
}

class InvalidStateError extends JsSIPError {
    constructor(status) {
        super(2, 'INVALID_STATE_ERROR', `Invalid status: ${status}`);
        this.status = status;
    }
}

class NotSupportedError extends JsSIPError {
    constructor(message) {
        super(3, 'NOT_SUPPORTED_ERROR', message);
    }
}

class NotReadyError extends JsSIPError {
    constructor(message) {
        super(4, 'NOT_READY_ERROR', message);
    }
}

module.exports = { ConfigurationError, InvalidStateError, NotSupportedError, NotReadyError };
