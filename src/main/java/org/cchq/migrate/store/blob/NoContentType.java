package org.cchq.migrate.store.blob;

import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;

/** Takes away the content type that the SDK gives an upload in parts: HQ sends none, and servers store it. */
final class NoContentType implements ExecutionInterceptor {
    @Override
    public SdkHttpRequest modifyHttpRequest(Context.ModifyHttpRequest context, ExecutionAttributes attributes) {
        return context.request() instanceof CreateMultipartUploadRequest
                ? context.httpRequest().toBuilder().removeHeader("Content-Type").build()
                : context.httpRequest();
    }
}
