"""Each table read through the whole connector, with Zoom's answers given by the CDK's HttpMocker."""
